//! The certificates and keys of one control plane, as files.

use std::fs;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::Error;

/// The CA of every certificate that the API server issues or accepts.
pub(crate) const AUTHORITY: &str = "ca.crt";
/// For service-account tokens.
pub(crate) const TOKEN_KEY: &str = "sa.key";
/// Its public half.
pub(crate) const TOKEN_PUBLIC_KEY: &str = "sa.pub";

/// What is needed beyond the files.
pub(crate) struct Certificates {
    pub(crate) authority: String,
    pub(crate) admin: Pair,
}

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Makes a CA, the pair `apiserver.crt` and `apiserver.key`, the service-account key pair, and an administrator.
pub(crate) fn write(directory: &Path) -> Result<Certificates, Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "controlplane-ca");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);

    let names = [
        "127.0.0.1",
        "10.0.0.1",
        "localhost",
        "kubernetes.default.svc",
    ]
    .map(String::from);
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "kube-apiserver");
    let server = sign(params, ExtendedKeyUsagePurpose::ServerAuth, &issuer)?;

    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "admin");
    // The group that RBAC allows everything.
    params
        .distinguished_name
        .push(DnType::OrganizationName, "system:masters");
    let admin = sign(params, ExtendedKeyUsagePurpose::ClientAuth, &issuer)?;

    let token_key = KeyPair::generate()?;
    for (name, content) in [
        (AUTHORITY, &authority),
        ("apiserver.crt", &server.certificate),
        ("apiserver.key", &server.key),
        (TOKEN_KEY, &token_key.serialize_pem()),
        (TOKEN_PUBLIC_KEY, &token_key.public_key_pem()),
    ] {
        let path = directory.join(name);
        fs::write(&path, content).map_err(|e| Error::file("writing", &path, e))?;
    }
    Ok(Certificates { authority, admin })
}

fn sign(
    mut params: CertificateParams,
    usage: ExtendedKeyUsagePurpose,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<Pair, Error> {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.pem();
    Ok(Pair {
        certificate,
        key: key.serialize_pem(),
    })
}
