//! The Query protocol of AWS STS: form requests, XML answers.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    authorization::{self, Signer},
    delivery::deliver,
    response::{log_call, set_header, status},
    shared_model::SharedModel,
};
use crate::model::{Answered, ApiError, Caller, Delivery, Model, Settings, VirtualTime};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const ACTIONS: [&str; 3] = [
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "GetCallerIdentity",
];

/// Answers a call in the Query protocol.
pub(super) async fn call(shared: &SharedModel, headers: &HeaderMap, body: &[u8]) -> Response {
    let request_id = shared.with_model(Model::request_id);
    let form = form(body);
    let action = form.get("Action").and_then(Value::as_str).unwrap_or("");
    let Answered { answer, delivery } = answer(shared, headers, action, &form);
    let mut response = match answer {
        Ok(result) => xml(
            StatusCode::OK,
            &result_xml(action, &result, &form, &request_id),
        ),
        Err(error) => xml(status(&error), &error_xml(&error, &request_id)),
    };
    set_header(&mut response, "x-amzn-requestid", &request_id);
    deliver(delivery, response).await
}

fn answer(
    shared: &SharedModel,
    headers: &HeaderMap,
    action: &str,
    form: &Map<String, Value>,
) -> Answered {
    match parse(shared, headers, action) {
        Ok(Signer { caller, access_key }) => {
            let request = request(action, form, &access_key);
            let answered = shared.with_model(|model| model.serve(&caller, action, &request));
            log_call(action, &caller, &answered);
            answered
        }
        Err(error) => Answered {
            answer: Err(error),
            delivery: Delivery::Answered,
        },
    }
}

fn parse(shared: &SharedModel, headers: &HeaderMap, action: &str) -> Result<Signer, ApiError> {
    if action.is_empty() {
        return Err(ApiError::new(
            "MissingAction",
            "neither an X-Amz-Target header nor an Action in a form body",
        ));
    }
    // A call with a web identity is authenticated by its token and not signed.
    let signer = if action == "AssumeRoleWithWebIdentity" {
        shared.with_model(|model| anonymous(model.settings()))
    } else {
        signer(shared, headers)?
    };
    if ACTIONS.contains(&action) {
        return Ok(signer);
    }
    Err(ApiError::new(
        "InvalidAction",
        format!(
            "{action} is not supported by this emulator. Supported: {}.",
            ACTIONS.join(", ")
        ),
    ))
}

fn signer(shared: &SharedModel, headers: &HeaderMap) -> Result<Signer, ApiError> {
    let account = shared.with_model(|model| model.settings().account_id.clone());
    authorization::signer(headers, &account).map_err(|mut error| {
        // STS omits the suffix of error codes and answers with the status 403.
        error.code = error.code.trim_end_matches("Exception").to_owned();
        error.status = 403;
        error
    })
}

fn anonymous(settings: &Settings) -> Signer {
    Signer {
        caller: Caller {
            account: settings.account_id.clone(),
            region: settings.region.clone(),
        },
        access_key: String::new(),
    }
}

/// Returns the request for the model. It appears in the record of calls, so it contains no token.
fn request(action: &str, form: &Map<String, Value>, access_key: &str) -> Value {
    let mut request = form.clone();
    request.remove("Action");
    request.remove("Version");
    if let Some(token) = request.get_mut("WebIdentityToken") {
        let given = token.as_str().is_some_and(|token| !token.is_empty());
        *token = json!(if given { "(not recorded)" } else { "" });
    }
    if let Some(seconds) = request.get_mut("DurationSeconds")
        && let Some(number) = seconds.as_str().and_then(|text| text.parse::<u64>().ok())
    {
        *seconds = json!(number);
    }
    if action == "GetCallerIdentity" {
        request.insert("AccessKeyId".to_owned(), json!(access_key));
    }
    Value::Object(request)
}

/// Parses a form body into an object of strings.
fn form(body: &[u8]) -> Map<String, Value> {
    let body = String::from_utf8_lossy(body);
    body.trim()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), Value::String(decode(value))))
        .collect()
}

/// Decodes `+` and `%xx`; invalid sequences stay unchanged.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = text
            .get(index + 1..index + 3)
            .filter(|_| bytes[index] == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(match (escape, bytes[index]) {
            (Some(byte), _) => byte,
            (None, b'+') => b' ',
            (None, byte) => byte,
        });
        index += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn xml(status: StatusCode, text: &str) -> Response {
    let mut response = (status, text.to_owned()).into_response();
    set_header(&mut response, "content-type", "text/xml");
    response
}

fn result_xml(action: &str, result: &Value, form: &Map<String, Value>, request_id: &str) -> String {
    let mut body = String::new();
    for member in ["Arn", "UserId", "Account"] {
        element(&mut body, member, &result[member]);
    }
    if let Some(seconds) = result["Credentials"]["DurationSeconds"].as_u64() {
        body.push_str(&session_xml(result, seconds));
        if action == "AssumeRoleWithWebIdentity" {
            let provider = form.get("ProviderId").cloned();
            element(&mut body, "SubjectFromWebIdentityToken", &json!("emulator"));
            element(&mut body, "Audience", &json!("sts.amazonaws.com"));
            element(
                &mut body,
                "Provider",
                &provider.unwrap_or(json!("emulator")),
            );
        }
        body.push_str("<PackedPolicySize>0</PackedPolicySize>");
    }
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{body}</{action}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    )
}

fn session_xml(result: &Value, seconds: u64) -> String {
    let mut credentials = String::new();
    for member in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
        element(&mut credentials, member, &result["Credentials"][member]);
    }
    // In real time, since the client compares it with its own clock.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let ends = now.unwrap_or_default().as_secs() + seconds;
    let ends = VirtualTime::from_epoch_seconds(ends).to_text();
    element(&mut credentials, "Expiration", &json!(ends));
    let mut user = String::new();
    for member in ["AssumedRoleId", "Arn"] {
        element(&mut user, member, &result["AssumedRoleUser"][member]);
    }
    format!("<Credentials>{credentials}</Credentials><AssumedRoleUser>{user}</AssumedRoleUser>")
}

/// Writes an element if there is a text.
fn element(xml: &mut String, name: &str, text: &Value) {
    if let Some(text) = text.as_str() {
        xml.push_str(&format!("<{name}>{}</{name}>", escape(text)));
    }
}

fn error_xml(error: &ApiError, request_id: &str) -> String {
    let kind = if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let mut members = String::new();
    if !error.code.is_empty() {
        element(&mut members, "Code", &json!(error.code));
    }
    element(&mut members, "Message", &json!(error.message));
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type>{members}</Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_form_value_is_decoded() {
        assert_eq!(decode("arn%3Aaws%3Aiam+role%2Fé%"), "arn:aws:iam role/é%");
    }
}
