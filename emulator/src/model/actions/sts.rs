//! The actions of AWS STS: AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        action::Action, arn::Caller, error::ApiError, request::parse_body,
        validation::check_role_arn,
    },
    iam::sessions::Session,
    state::model::Model,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleRequest {
    role_arn: Option<String>,
    role_session_name: Option<String>,
    duration_seconds: Option<u64>,
    web_identity_token: Option<String>,
}

/// STS answers a denied request with the status 403.
fn denied(message: String) -> ApiError {
    let mut error = ApiError::new("AccessDenied", message);
    error.status = 403;
    error
}

fn validation(message: String) -> ApiError {
    ApiError::new("ValidationError", message)
}

impl Model {
    /// Identifies the caller by the `AccessKeyId`, which the HTTP server adds to the request.
    pub(in crate::model) fn caller_identity(&self, caller: &Caller, body: &Value) -> Value {
        let session = body["AccessKeyId"]
            .as_str()
            .and_then(|access_key| self.sessions.get(access_key));
        let (arn, user_id) = match session {
            Some(Session { arn, user_id }) => (arn.clone(), user_id.as_str()),
            None => (caller.user_arn(), "AIDAEMULATOR00000000"),
        };
        json!({ "Account": caller.account, "Arn": arn, "UserId": user_id })
    }

    pub(in crate::model) fn assume_role(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: AssumeRoleRequest = parse_body(body)?;
        let role = Role::parse(request.role_arn.as_deref())?;
        let name = session_name(request.role_session_name.as_deref())?;
        let duration = check_duration(request.duration_seconds)?;
        if action == Action::AssumeRoleWithWebIdentity {
            check_web_identity(request.web_identity_token.as_deref())?;
        }
        if caller.partition() != role.partition || self.roles.is_unusable(role.arn) {
            return Err(denied(format!(
                "{} is not authorized to perform: sts:{} on resource: {}",
                caller.user_arn(),
                action.as_str(),
                role.arn
            )));
        }
        let role_id = format!("AROA{}", self.identifiers.hex(17).to_uppercase());
        let session = Session {
            arn: format!(
                "arn:{}:sts::{}:assumed-role/{}/{name}",
                role.partition, role.account, role.name
            ),
            user_id: format!("{role_id}:{name}"),
        };
        let access_key = format!(
            "ASIA{}{}",
            role.account,
            self.identifiers.hex(8).to_uppercase()
        );
        let answer = json!({
            "Credentials": {
                "AccessKeyId": access_key,
                "SecretAccessKey": self.identifiers.hex(40),
                "SessionToken": self.identifiers.hex(64),
                "DurationSeconds": duration,
            },
            "AssumedRoleUser": { "AssumedRoleId": session.user_id, "Arn": session.arn },
        });
        self.sessions.insert(access_key, session);
        Ok(answer)
    }
}

/// Checks the duration of a session, in seconds, or returns the default.
fn check_duration(seconds: Option<u64>) -> Result<u64, ApiError> {
    let seconds = seconds.unwrap_or(3600);
    if (900..=43200).contains(&seconds) {
        return Ok(seconds);
    }
    Err(validation(format!(
        "The requested DurationSeconds {seconds} is not between 900 and 43200."
    )))
}

fn check_web_identity(token: Option<&str>) -> Result<(), ApiError> {
    if token.is_some_and(|token| !token.is_empty()) {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidIdentityToken",
        "WebIdentityToken must not be empty.",
    ))
}

/// The parts of a role ARN.
struct Role<'a> {
    arn: &'a str,
    partition: &'a str,
    account: &'a str,
    /// The name without its path.
    name: &'a str,
}

impl<'a> Role<'a> {
    fn parse(arn: Option<&'a str>) -> Result<Self, ApiError> {
        let arn = arn.unwrap_or_default();
        check_role_arn("RoleArn", arn)
            .map_err(|_| validation(format!("{arn:?} is invalid: it must be the ARN of a role")))?;
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        match parts.as_slice() {
            [_, partition, _, _, account, resource] => Ok(Self {
                arn,
                partition,
                account,
                name: resource.rsplit('/').next().unwrap_or(resource),
            }),
            _ => Err(validation(format!("{arn:?} is invalid"))),
        }
    }
}

fn session_name(name: Option<&str>) -> Result<&str, ApiError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    name.filter(|name| (2..=64).contains(&name.len()) && name.chars().all(plain))
        .ok_or_else(|| {
            validation(
                "RoleSessionName must have 2 to 64 letters, digits or any of _+=,.@-".to_owned(),
            )
        })
}
