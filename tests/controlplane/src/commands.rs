//! The command lines of the three servers.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

use crate::audit;
use crate::certificates::{AUTHORITY, TOKEN_KEY, TOKEN_PUBLIC_KEY};
use crate::{Assets, Error, ports};

/// The controllers that delete namespaces, collect owned objects, create service accounts and fill
/// aggregated roles. No deployments: no node could run a pod.
const CONTROLLERS: &str = "namespace-controller,garbage-collector-controller,serviceaccount-controller,\
                           root-ca-certificate-publisher-controller,clusterrole-aggregation-controller";

/// The ports on 127.0.0.1 of one control plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) etcd: u16,
    pub(crate) etcd_peer: u16,
    pub(crate) apiserver: u16,
}

impl Ports {
    pub(crate) fn pick() -> Result<Self, Error> {
        Ok(Self {
            etcd: ports::free()?,
            etcd_peer: ports::free()?,
            apiserver: ports::free()?,
        })
    }

    pub(crate) fn server_url(self) -> String {
        format!("https://127.0.0.1:{}", self.apiserver)
    }

    pub(crate) fn etcd_address(self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.etcd))
    }

    fn etcd_url(self) -> String {
        format!("http://{}", self.etcd_address())
    }
}

pub(crate) fn etcd(assets: &Assets, directory: &Path, ports: Ports) -> Command {
    let clients = ports.etcd_url();
    let peers = format!("http://127.0.0.1:{}", ports.etcd_peer);
    let mut command = Command::new(&assets.etcd);
    command
        .arg(option("data-dir", directory.join("etcd").display()))
        .arg(option("listen-client-urls", &clients))
        .arg(option("advertise-client-urls", &clients))
        .arg(option("listen-peer-urls", &peers))
        .arg(option("initial-advertise-peer-urls", &peers))
        .arg(option("initial-cluster", format_args!("default={peers}")))
        // Its data need not survive the machine.
        .arg("--unsafe-no-fsync=true");
    command
}

pub(crate) fn apiserver(assets: &Assets, directory: &Path, ports: Ports) -> Command {
    let file = |name| directory.join(name).display().to_string();
    let mut command = Command::new(&assets.apiserver);
    command
        .arg(option("etcd-servers", ports.etcd_url()))
        // Holds apiserver.crt and apiserver.key.
        .arg(option("cert-dir", directory.display()))
        .arg("--bind-address=127.0.0.1")
        .arg(option("secure-port", ports.apiserver))
        .arg("--service-cluster-ip-range=10.0.0.0/24")
        .arg("--allow-privileged=true")
        .arg("--authorization-mode=RBAC")
        .arg(option("client-ca-file", file(AUTHORITY)))
        .arg(option(
            "service-account-issuer",
            format_args!("{}/", ports.server_url()),
        ))
        .arg(option("service-account-key-file", file(TOKEN_PUBLIC_KEY)))
        .arg(option("service-account-signing-key-file", file(TOKEN_KEY)))
        // Without these two it requires a default route, which a machine without a network lacks.
        .arg("--endpoint-reconciler-type=none")
        .arg("--advertise-address=127.0.0.1")
        .arg(option("audit-policy-file", file(audit::POLICY)))
        .arg(option("audit-log-path", file(audit::LOG)))
        // Otherwise a stop waits a minute for clients to close their watches.
        .arg("--shutdown-watch-termination-grace-period=1s");
    command
}

pub(crate) fn controller_manager(assets: &Assets, directory: &Path, kubeconfig: &Path) -> Command {
    let mut command = Command::new(&assets.controller_manager);
    command
        .arg(option("kubeconfig", kubeconfig.display()))
        .arg("--leader-elect=false")
        // It serves nobody: no port, no certificate.
        .arg("--secure-port=0")
        .arg(option(
            "service-account-private-key-file",
            directory.join(TOKEN_KEY).display(),
        ))
        .arg(option("root-ca-file", directory.join(AUTHORITY).display()))
        .arg(option("controllers", CONTROLLERS));
    command
}

fn option(name: &str, value: impl std::fmt::Display) -> String {
    format!("--{name}={value}")
}
