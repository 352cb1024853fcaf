//! Errors made on purpose: the next calls of an action answer so.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    api::action::Action,
    api::error::{ApiError, Delivery},
};

/// Whether a call that is answered by a fault takes effect all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Effect {
    /// Nothing happens.
    #[default]
    None,
    /// The call takes effect; only its answer is lost.
    Applied,
}

impl From<bool> for Effect {
    fn from(applied: bool) -> Self {
        if applied { Self::Applied } else { Self::None }
    }
}

impl From<Effect> for bool {
    fn from(effect: Effect) -> Self {
        effect == Effect::Applied
    }
}

/// An error that the next matching calls are answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The action, or `*` for any.
    pub action: String,
    /// The error code. `ConnectionReset` and `Timeout` give no answer at all; `Cut` gives half of the
    /// true one, `Late` all of it, later, and `Repeat` all of it with each element of a list twice.
    pub code: String,
    /// The message. `{/primaryContainer/image}` stands for the value at this JSON pointer in the request.
    #[serde(default)]
    pub message: String,
    /// How many calls.
    #[serde(default = "once")]
    pub times: u32,
    /// Only calls that name this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The HTTP status, where it should not follow from the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How much later a `Late` answer comes, in real milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// The list in the answer that `Repeat` is about, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Whether the call takes effect all the same (`applied` on the wire). With `Cut` and `Late` it does anyhow.
    #[serde(default, rename = "applied")]
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// The next call of `action` is answered with this error and does nothing.
    #[must_use]
    pub fn new(action: &str, code: &str, message: &str) -> Self {
        Self {
            action: action.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            times: 1,
            service: None,
            status: None,
            milliseconds: None,
            pointer: None,
            effect: Effect::None,
        }
    }

    /// For so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only for calls that name this service.
    #[must_use]
    pub fn on_service(mut self, service: &str) -> Self {
        self.service = Some(service.to_owned());
        self
    }

    /// The call takes effect; only its answer is lost.
    #[must_use]
    pub fn applied(mut self) -> Self {
        self.effect = Effect::Applied;
        self
    }

    /// The next call of `action` takes effect, and its answer comes so many real milliseconds later.
    #[must_use]
    pub fn late(action: &str, milliseconds: u64) -> Self {
        Self {
            milliseconds: Some(milliseconds),
            ..Self::new(action, "Late", "")
        }
    }

    /// The next call of `action` takes effect, and the list at this JSON pointer in its answer holds each element twice.
    #[must_use]
    pub fn repeat(action: &str, pointer: &str) -> Self {
        Self {
            pointer: Some(pointer.to_owned()),
            ..Self::new(action, "Repeat", "")
        }
    }

    /// Refuses a fault that could never match.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        if self.action != "*" && Action::parse(&self.action).is_none() {
            return Err(format!(
                "errors: action: unknown action {:?}, expected * or one of {}",
                self.action,
                Action::names().join(", ")
            ));
        }
        if self.code.is_empty() {
            return Err("errors: code: must not be empty".to_owned());
        }
        if self.times == 0 {
            return Err("errors: times: must be at least 1".to_owned());
        }
        if (self.code == "Late") != self.milliseconds.is_some() {
            return Err(
                "errors: milliseconds: belongs to the code Late, and to no other".to_owned(),
            );
        }
        if (self.code == "Repeat") != self.pointer.is_some() {
            return Err("errors: pointer: belongs to the code Repeat, and to no other".to_owned());
        }
        match self.status {
            Some(status) if !(400..=599).contains(&status) => Err(format!(
                "errors: status: {status} is not between 400 and 599"
            )),
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn matches(&self, action: &str, services: &[String]) -> bool {
        let named = |name: &String| services.contains(name);
        (self.action == "*" || self.action == action) && self.service.as_ref().is_none_or(named)
    }

    /// The error that answers this request.
    pub(crate) fn to_error(&self, request: &Value) -> ApiError {
        let mut error = ApiError::new(&self.code, quote(&self.message, request));
        error.status = self.status.unwrap_or(error.status);
        error.delivery = self.delivery();
        error
    }

    pub(crate) fn delivery(&self) -> Delivery {
        match (self.code.as_str(), self.milliseconds) {
            ("ConnectionReset", _) => Delivery::ConnectionReset,
            ("Timeout", _) => Delivery::Timeout,
            ("Cut", _) => Delivery::Cut,
            ("Late", milliseconds) => Delivery::Late {
                milliseconds: milliseconds.unwrap_or(0),
            },
            _ => Delivery::Answered,
        }
    }

    /// Whether it resources the answer a success, and changes only what that holds.
    pub(crate) fn alters(&self) -> bool {
        self.pointer.is_some()
    }

    /// The true answer as this fault alters it.
    pub(crate) fn altered(&self, mut answer: Value) -> Value {
        let pointer = self.pointer.as_deref().unwrap_or_default();
        if let Some(Value::Array(list)) = answer.pointer_mut(pointer) {
            *list = list
                .iter()
                .flat_map(|one| [one.clone(), one.clone()])
                .collect();
        }
        answer
    }
}

/// Puts values of the request in the place of `{/json/pointer}`, as AWS quotes what it does not like.
fn quote(message: &str, request: &Value) -> String {
    let mut quoted = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once("{/") {
        quoted.push_str(before);
        let Some((pointer, behind)) = after.split_once('}') else {
            quoted.push_str("{/");
            rest = after;
            break;
        };
        match request.pointer(&format!("/{pointer}")) {
            Some(Value::String(text)) => quoted.push_str(text),
            Some(other) => quoted.push_str(&other.to_string()),
            None => quoted.push_str(&format!("{{/{pointer}}}")),
        }
        rest = behind;
    }
    quoted + rest
}
