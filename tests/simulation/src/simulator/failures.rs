//! Answers to requests that fail.

use ecs_express_operator::controller::objects::ObjectsError;
use serde_json::Value;

use crate::{
    checkers::secrecy::REQUEST_ID,
    request::{Answer, AwsError, Request},
    scenario::fault::Refusal,
};

/// The answer to a request whose connection broke.
pub(super) fn lost(request: &Request, code: &'static str) -> Answer {
    match request {
        Request::Aws { .. } => Answer::Aws(Err(AwsError::NoAnswer(code))),
        Request::Read(_) | Request::Patch(_) => {
            Answer::Object(Err(ObjectsError::Other("the connection broke".into())))
        }
        Request::Publish(..) => Answer::Published,
    }
}

/// The answer of ECS with the owner tags of another object, where it shows tags.
pub(super) fn with_others_tags(answer: Answer) -> Answer {
    let Answer::Aws(Ok(mut answer)) = answer else {
        return answer;
    };
    let change = |tags: &mut Value| {
        for tag in tags.as_array_mut().into_iter().flatten() {
            if tag["key"] == "ecs-express.dev/name" {
                tag["value"] = "another".into();
            }
        }
    };
    for place in ["/tags", "/service/tags", "/services/0/tags"] {
        if let Some(tags) = answer.pointer_mut(place) {
            change(tags);
        }
    }
    Answer::Aws(Ok(answer))
}

/// The answer of a server that failed.
pub(super) fn failed(request: &Request) -> Answer {
    match request {
        Request::Aws { .. } => Answer::Aws(Err(AwsError::Refused {
            code: Some("ServerException".into()),
            message: String::new(),
            status: 500,
        })),
        Request::Read(_) | Request::Patch(_) => {
            Answer::Object(Err(ObjectsError::Other("internal error".into())))
        }
        Request::Publish(..) => Answer::Published,
    }
}

/// The answer of a server that refuses the request.
/// `number` makes the request id of each refusal another one.
/// `running` is the configuration that the service runs, which a refusal of a change may quote.
pub(super) fn refused(
    request: &Request,
    refusal: Refusal,
    number: u64,
    running: Option<&Value>,
) -> Answer {
    match (request, refusal) {
        (Request::Aws { body, .. }, Refusal::Quoting) => {
            let value = |configuration: &Value| {
                let value = &configuration["primaryContainer"]["environment"][0]["value"];
                value.as_str().unwrap_or_default().to_owned()
            };
            let (sent, runs) = (value(body), running.map(value).unwrap_or_default());
            Answer::Aws(Err(AwsError::Refused {
                code: Some("ClientException".into()),
                message: format!("Invalid value '{sent}', unlike '{runs}'"),
                status: 400,
            }))
        }
        (Request::Aws { .. }, Refusal::Aws(code, message, status)) => {
            Answer::Aws(Err(AwsError::Refused {
                code: code.map(str::to_owned),
                message: format!(
                    "{message} (Request ID: {REQUEST_ID}-0000-4000-8000-{number:012x})"
                ),
                status,
            }))
        }
        (Request::Read(_) | Request::Patch(_), Refusal::NotFound) => {
            Answer::Object(Err(ObjectsError::NotFound))
        }
        (Request::Patch(_), Refusal::Invalid) => {
            Answer::Object(Err(ObjectsError::Invalid("status: Invalid value".into())))
        }
        (Request::Aws { .. } | Request::Read(_) | Request::Patch(_) | Request::Publish(..), _) => {
            failed(request)
        }
    }
}
