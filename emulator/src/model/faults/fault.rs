//! Injected faults: errors and other disturbances in the answers to the next calls of an action.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::api::{
    action::Action,
    error::{ApiError, Delivery},
};

/// Whether a call that meets a fault still takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Effect {
    /// The call has no effect.
    #[default]
    None,
    /// Lets the calls take effect, so that only their answers are lost.
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

/// A fault in the answers to the next matching calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The name of the action, or `*` for any action.
    pub action: String,
    /// The error code, or one of these: `ConnectionReset` and `Timeout` send no answer, `Cut` sends half
    /// of the regular answer, `Late` delays it, `Repeat` repeats each element of one of its lists, and
    /// `NoCode` is an error whose answer contains no code.
    pub code: String,
    /// The error message. A JSON pointer in braces, such as `{/primaryContainer/image}`, is replaced by
    /// that value of the request.
    #[serde(default)]
    pub message: String,
    /// The number of calls that meet the fault.
    #[serde(default = "once")]
    pub times: u32,
    /// Restricts the fault to calls that name this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The HTTP status; by default it follows from the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The delay of a `Late` answer or of an error, in milliseconds of real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// The JSON pointer to the list in the answer whose elements `Repeat` repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Whether the call takes effect (`applied` on the wire). With `Cut`, `Late` and `Repeat` it always does.
    #[serde(default, rename = "applied")]
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Creates a fault that answers the next call of `action` with this error, without effect.
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

    /// Applies the fault to this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Restricts the fault to calls that name this service.
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

    /// Creates a fault that delays the answer to the next call of `action` by real milliseconds.
    #[must_use]
    pub fn late(action: &str, milliseconds: u64) -> Self {
        Self {
            milliseconds: Some(milliseconds),
            ..Self::new(action, "Late", "")
        }
    }

    /// Delays the error by real milliseconds.
    #[must_use]
    pub fn delayed(mut self, milliseconds: u64) -> Self {
        self.milliseconds = Some(milliseconds);
        self
    }

    /// Creates a fault that repeats each element of the list at this JSON pointer in the answer to the
    /// next call of `action`.
    #[must_use]
    pub fn repeat(action: &str, pointer: &str) -> Self {
        Self {
            pointer: Some(pointer.to_owned()),
            ..Self::new(action, "Repeat", "")
        }
    }

    /// Checks that the fault can match a call and that its members fit together.
    ///
    /// # Errors
    /// Returns a message that names the invalid member and what is allowed.
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
        let (code, milliseconds) = (self.code.as_str(), self.milliseconds);
        match (code, milliseconds) {
            ("Late", None) => {
                return Err("errors: milliseconds: required with the code Late".to_owned());
            }
            ("ConnectionReset" | "Timeout" | "Cut" | "Repeat", Some(_)) => {
                return Err(format!(
                    "errors: milliseconds: allowed with Late and with an error, not with {code}"
                ));
            }
            (_, Some(_) | None) => {}
        }
        if (self.code == "Repeat") != self.pointer.is_some() {
            return Err(
                "errors: pointer: required with the code Repeat, and not allowed with any other"
                    .to_owned(),
            );
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

    /// Returns the error with which the fault answers this request.
    pub(crate) fn to_error(&self, request: &Value) -> ApiError {
        let message = insert_quotes(&self.message, request);
        let mut error = match self.code.as_str() {
            "NoCode" => ApiError::without_code(message),
            code => ApiError::new(code, message),
        };
        error.status = self.status.unwrap_or(error.status);
        error.delivery = self.delivery();
        error
    }

    pub(crate) fn delivery(&self) -> Delivery {
        match (self.code.as_str(), self.milliseconds) {
            ("ConnectionReset", _) => Delivery::ConnectionReset,
            ("Timeout", _) => Delivery::Timeout,
            ("Cut", _) => Delivery::Cut,
            ("Repeat", _) | (_, None) => Delivery::Answered,
            (_, Some(milliseconds)) => Delivery::Late { milliseconds },
        }
    }

    /// Whether the call is executed and its regular answer delivered in another way.
    pub(crate) fn keeps_answer(&self) -> bool {
        self.code == "Cut" || self.code == "Late"
    }

    /// Whether the fault only alters the content of a successful answer.
    pub(crate) fn alters_answer(&self) -> bool {
        self.pointer.is_some()
    }

    /// Alters the regular answer.
    pub(crate) fn alter(&self, mut answer: Value) -> Value {
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

/// Replaces each `{/json/pointer}` by that value of the request, as AWS quotes rejected values.
fn insert_quotes(message: &str, request: &Value) -> String {
    let mut quoted = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once("{/") {
        quoted.push_str(before);
        let Some((pointer, after_pointer)) = after.split_once('}') else {
            quoted.push_str("{/");
            rest = after;
            break;
        };
        match request.pointer(&format!("/{pointer}")) {
            Some(Value::String(text)) => quoted.push_str(text),
            Some(other) => quoted.push_str(&other.to_string()),
            None => quoted.push_str(&format!("{{/{pointer}}}")),
        }
        rest = after_pointer;
    }
    quoted + rest
}
