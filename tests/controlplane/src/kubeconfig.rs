//! Kubeconfig files, as JSON with the CA inline.

use std::fs;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::{Error, certificates::Pair};

/// Credentials for the API server.
pub(crate) enum User<'a> {
    Certificate(&'a Pair),
    Token(&'a str),
}

/// Writes the kubeconfig of `user` to `path`.
pub(crate) fn write(
    path: &Path,
    server: &str,
    authority: &str,
    user: &User<'_>,
) -> Result<(), Error> {
    let config = content(server, authority, user);
    fs::write(path, format!("{config:#}\n")).map_err(|e| Error::file("writing", path, e))
}

fn content(server: &str, authority: &str, user: &User<'_>) -> Value {
    let user = match user {
        User::Certificate(pair) => json!({
            "client-certificate-data": BASE64_STANDARD.encode(&pair.certificate),
            "client-key-data": BASE64_STANDARD.encode(&pair.key),
        }),
        User::Token(token) => json!({ "token": token }),
    };
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "controlplane",
            "cluster": { "server": server, "certificate-authority-data": BASE64_STANDARD.encode(authority) },
        }],
        "users": [{ "name": "user", "user": user }],
        "contexts": [{ "name": "controlplane", "context": { "cluster": "controlplane", "user": "user" } }],
        "current-context": "controlplane",
    })
}
