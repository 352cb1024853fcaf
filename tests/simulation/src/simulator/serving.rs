//! How the API server and AWS carry out the requests that reach them.

use ecs_express_emulator::Caller;
use ecs_express_operator::controller::objects::{ObjectKey, ObjectsError};
use serde_json::{Value, json};

use super::{Simulator, requests::Flight};
use crate::{
    checkers::{CREATE, Occurrence, UPDATE, configuration::differences, named_arn},
    link::Credentials,
    process::ProcessId,
    request::{Answer, AwsError, Patch, Request},
    story::Who,
};

impl Simulator<'_> {
    /// Carries out a request.
    pub(super) fn serve(&mut self, flight: &Flight) -> Answer {
        let Flight {
            process, request, ..
        } = flight;
        match request {
            Request::Aws {
                action,
                account,
                region,
                body,
            } => {
                let caller = Caller {
                    account: account.clone(),
                    region: region.clone(),
                };
                Answer::Aws(self.serve_aws(flight, action, &caller, body))
            }
            Request::Read(key) => {
                let found = self.api.get(key).map(|stored| stored.object.clone());
                Answer::Object(found.map(Box::new).ok_or(ObjectsError::NotFound))
            }
            Request::Patch(patch) => Answer::Object(self.serve_patch(*process, patch)),
            Request::Publish(key, event) => {
                self.story.tell(self.now, Who::Operator(*process), || {
                    format!("{key}: event {}: {}", event.reason, event.note)
                });
                self.check(&Occurrence::Published { key, event });
                Answer::Published
            }
        }
    }

    fn serve_aws(
        &mut self,
        flight: &Flight,
        action: &'static str,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, AwsError> {
        let reconciled = flight.reconciled.as_ref();
        match &flight.credentials {
            Credentials::Valid(_) => {}
            Credentials::Expired(_) => {
                return Err(AwsError::Refused {
                    code: Some("ExpiredTokenException".into()),
                    message: "The security token included in the request is expired".into(),
                    status: 400,
                });
            }
            Credentials::None => return Err(AwsError::NoCredentials),
        }
        let account = &caller.account;
        self.check(&Occurrence::Arrives {
            process: flight.process,
            reconciled,
            sent_at: flight.sent_at,
            action,
            account,
            body,
        });
        let answered = self.model.serve(caller, action, body).answer;
        let answer = answered.map_err(|error| AwsError::Refused {
            code: Some(error.code),
            message: error.message,
            status: error.status,
        });
        if let Some(key) = reconciled
            && [CREATE, UPDATE].contains(&action)
        {
            self.note();
            let arn = named_arn(account, body).unwrap_or_default();
            let newest = self.truth.service(&arn).and_then(|it| it.newest.as_ref());
            let done = newest.is_some_and(|(_, newest)| differences(body, newest).is_empty());
            self.truth.note_refused(key, !done);
        }
        self.story
            .tell(self.now, Who::Operator(flight.process), || {
                let outcome = match &answer {
                    Ok(_) => "ok".to_owned(),
                    Err(error) => format!("{error:?}"),
                };
                let request = if crate::request::changes_aws(action) {
                    format!(" {body}")
                } else {
                    String::new()
                };
                format!("{action}{request}: {outcome}")
            });
        self.check(&Occurrence::Served {
            process: flight.process,
            reconciled,
            action,
            account,
            body,
            answer: &answer,
        });
        answer
    }

    fn serve_patch(
        &mut self,
        process: ProcessId,
        patch: &Patch,
    ) -> Result<Box<ecs_express_operator::api::ExpressService>, ObjectsError> {
        let written = self.api.patch(patch);
        self.story.tell(self.now, Who::Operator(process), || {
            let outcome = match &written {
                Ok(write) if write.is_effective() => "ok",
                Ok(_) => "nothing changed",
                Err(ObjectsError::Conflict) => "conflict",
                Err(_) => "failed",
            };
            format!(
                "{}: patch {:?} {}: {outcome}",
                patch.key, patch.part, patch.body
            )
        });
        let write = written?;
        if write.is_effective() {
            self.announce();
        }
        self.check(&Occurrence::Wrote {
            process,
            key: &patch.key,
            write: &write,
        });
        Ok(Box::new(write.answer.object.clone()))
    }

    /// Changes a label, which concerns nobody.
    pub(super) fn label(&mut self, key: &ObjectKey, value: &str) {
        let value = value.to_owned();
        let order = self.schedule.count();
        let written = self.api.edit(key, |object| {
            object["metadata"]["labels"]["touched"] = json!(format!("{value}-{order}"));
        });
        if written.is_ok() {
            self.announce();
        }
    }
}
