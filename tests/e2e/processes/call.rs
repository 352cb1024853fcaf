//! The external calls of an operator process, as the proxy records them.

use axum::http::{Method, request::Parts};
use serde_json::Value;

/// What a call does, without the objects that it names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A call to ECS or STS, by the name of its action.
    Aws(String),
    /// A request to the Kubernetes API, by verb and resource.
    Kubernetes(String),
}

impl Kind {
    /// The kind of a request to ECS (JSON) or STS (a form).
    pub fn of_aws(parts: &Parts, body: &[u8]) -> Self {
        let target = parts
            .headers
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok());
        let form = String::from_utf8_lossy(body);
        let action = match target {
            Some(target) => target.rsplit('.').next(),
            None => form
                .split('&')
                .find_map(|pair| pair.strip_prefix("Action=")),
        };
        Self::Aws(action.unwrap_or("?").to_owned())
    }

    /// The kind of a request to the Kubernetes API.
    pub fn of_kubernetes(parts: &Parts) -> Self {
        let path: Vec<&str> = parts.uri.path().trim_matches('/').split('/').collect();
        let is_watch = parts
            .uri
            .query()
            .is_some_and(|query| query.contains("watch="));
        // /api/v1/… or /apis/GROUP/VERSION/…, then namespaces/NAME/ for what is in a namespace.
        let version = if path[0] == "api" { 2 } else { 3 };
        let rest = path.get(version..).unwrap_or_default();
        let rest = match rest {
            ["namespaces", _, rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        let verb = match (parts.method.clone(), rest.len()) {
            _ if is_watch => "WATCH".to_owned(),
            (Method::GET, 1) => "LIST".to_owned(),
            (method, _) => method.to_string(),
        };
        let resource = match rest {
            [resource, _, subresource] => format!("{resource}/{subresource}"),
            [resource, ..] => (*resource).to_owned(),
            [] => parts.uri.path().to_owned(),
        };
        Self::Kubernetes(format!("{verb} {resource}"))
    }

    pub fn is_watch(&self) -> bool {
        matches!(self, Self::Kubernetes(name) if name.starts_with("WATCH "))
    }

    /// Whether the call may change something at its target.
    pub fn is_write(&self) -> bool {
        match self {
            Self::Aws(_) => self.mutates_ecs(),
            Self::Kubernetes(name) => ["PATCH ", "POST ", "PUT ", "DELETE "]
                .iter()
                .any(|verb| name.starts_with(verb)),
        }
    }

    /// Whether the call may change a service.
    pub fn mutates_ecs(&self) -> bool {
        let Self::Aws(action) = self else {
            return false;
        };
        ["Create", "Update", "Delete", "Tag", "Untag"]
            .iter()
            .any(|verb| action.starts_with(verb))
    }

    /// Whether the call is the one with which an observation begins.
    pub fn is_observation(&self) -> bool {
        *self == Self::Aws("DescribeExpressGatewayService".into())
    }

    /// Whether the call writes an ExpressService, its status included.
    pub fn writes_object(&self) -> bool {
        matches!(self, Self::Kubernetes(name) if name.starts_with("PATCH expressservices"))
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Aws(name) | Self::Kubernetes(name) => f.write_str(name),
        }
    }
}

/// A call that reached its target.
#[derive(Clone, Debug)]
pub struct Call {
    pub kind: Kind,
    /// Which process made it: 0 for the first one.
    pub process: usize,
    /// The status of the service in ECS just before the call was forwarded; `None` if there is none.
    pub service: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    pub request: Value,
    pub answer: Value,
}

impl Call {
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the call is a write that only one of two operators can make: it names the resourceVersion that it
    /// replaces, and changes something.
    pub fn is_fence(&self) -> bool {
        let version = |object: &Value| {
            object["metadata"]["resourceVersion"]
                .as_str()
                .map(str::to_owned)
        };
        self.kind.writes_object()
            && self.succeeded()
            && version(&self.request)
                .is_some_and(|before| version(&self.answer).is_some_and(|after| before != after))
    }

    /// Whether the call let Kubernetes delete the object.
    pub fn released_object(&self) -> bool {
        let metadata = &self.answer["metadata"];
        let finalizers = metadata["finalizers"].as_array();
        self.kind.writes_object()
            && self.succeeded()
            && metadata["deletionTimestamp"].is_string()
            && finalizers.is_none_or(Vec::is_empty)
    }
}
