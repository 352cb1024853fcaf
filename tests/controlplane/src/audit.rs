//! The requests of service accounts to the API server, from its audit log.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Error;

pub(crate) const POLICY: &str = "audit-policy.yaml";
pub(crate) const LOG: &str = "audit.log";

/// Only service accounts: other requests are those of the control plane and of administrators. No bodies.
const RULES: &str = r#"apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
  - level: None
"#;

/// A request for a resource, in the words of a role's rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// `get`, `list`, `watch`, `create`, `patch` and so on.
    pub verb: String,
    /// The API group; empty is the core's.
    pub group: String,
    /// The resource, with `/` and the subresource if there is one.
    pub resource: String,
    /// The namespace; empty for a cluster's resource and for all namespaces.
    pub namespace: String,
    /// The object's name; empty where the request names none.
    pub name: String,
    /// Whether the service account is allowed to do that.
    pub allowed: bool,
}

pub(crate) fn write_policy(directory: &Path) -> Result<(), Error> {
    let path = directory.join(POLICY);
    fs::write(&path, RULES).map_err(|e| Error::file("writing", &path, e))
}

/// The distinct requests of `user`, without requests for no resource, such as discovery.
pub(crate) fn requests(directory: &Path, user: &str) -> Result<Vec<Request>, Error> {
    let path = directory.join(LOG);
    let log = fs::read_to_string(&path).map_err(|e| Error::file("reading", &path, e))?;
    // The last line may be half written.
    let complete = log.rfind('\n').map_or("", |end| &log[..end]);
    let mut found = BTreeSet::new();
    for line in complete.lines() {
        let event: Value = serde_json::from_str(line).map_err(|_| Error::AuditLog {
            path: path.clone(),
            line: line.into(),
        })?;
        if event["user"]["username"] == user && event["objectRef"].is_object() {
            found.insert(request(&event));
        }
    }
    Ok(found.into_iter().collect())
}

fn request(event: &Value) -> Request {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let object = &event["objectRef"];
    let resource = match object["subresource"].as_str() {
        Some(subresource) => format!("{}/{subresource}", text(&object["resource"])),
        None => text(&object["resource"]),
    };
    Request {
        verb: text(&event["verb"]),
        group: text(&object["apiGroup"]),
        resource,
        namespace: text(&object["namespace"]),
        name: text(&object["name"]),
        allowed: event["annotations"]["authorization.k8s.io/decision"] == "allow",
    }
}
