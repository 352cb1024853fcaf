//! Whose credentials these are, and whether AWS takes them.

use std::sync::PoisonError;

use aws_credential_types::Credentials;

use super::{
    aws::AwsEcs,
    classify::{is_an_answer, operation},
    sdk_error::incomplete,
};
use crate::core::{
    desired::identity::{Arn, Caller, ServiceArn},
    observed::failure::{Effect, Failure, FailureKind},
    redaction::redact::Redactor,
};

/// The answer of STS.
#[derive(Clone, Debug)]
pub(super) struct KnownCaller {
    /// How often the credentials had changed when it was asked.
    changes: u64,
    caller: Caller,
}

impl AwsEcs {
    /// The caller, asked for again after the credentials have changed, and after ECS did not take them for the caller's.
    pub(super) async fn current_caller(&self) -> Result<Caller, Failure> {
        self.known_caller().await.map(|known| known.caller)
    }

    async fn known_caller(&self) -> Result<KnownCaller, Failure> {
        let before = self.credentials.changes();
        let remembered = self.caller.read();
        let remembered = remembered.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = remembered
            && known.changes == before
        {
            return Ok(known);
        }
        let known = KnownCaller {
            caller: self.ask_caller().await?,
            // The first credentials of all come with the question. Any other change on the way leaves open whose the
            // answer is: then it counts for the old ones, and the next one asks again.
            changes: if before == 0 { 1 } else { before },
        };
        *self.caller.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// What STS said is believed no more.
    pub(super) fn forget_caller(&self) {
        *self.caller.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Credentials of the account of this service, for the one call that names no account. What the SDK would load by
    /// itself at that moment may be those of another one.
    pub(super) async fn credentials_of(&self, arn: &ServiceArn) -> Result<Credentials, Failure> {
        // Credentials that change just now are asked about once more.
        for _ in 0..2 {
            let known = self.known_caller().await.map_err(nothing_sent)?;
            if known.caller.account != arn.account || known.caller.partition != arn.partition {
                break;
            }
            if let Some(credentials) = self.credentials.after(known.changes) {
                return Ok(credentials);
            }
        }
        Err(Failure {
            operation: operation::CREATE,
            kind: FailureKind::AnotherAccount,
            effect: Effect::None,
            code: "CredentialsChanged".to_owned(),
            message: "the credentials have just changed, and nothing was sent".into(),
        })
    }

    /// STS GetCallerIdentity.
    async fn ask_caller(&self) -> Result<Caller, Failure> {
        let incomplete = || incomplete(operation::CALLER, "the answer has no account or no ARN");
        let sent = self.sts.get_caller_identity().send();
        let redactor = Redactor::nothing_hidden();
        let answer = self.timed(operation::CALLER, &"-", &redactor, sent).await?;
        let arn = answer.arn().and_then(Arn::parse).ok_or_else(incomplete)?;
        let account = answer.account().filter(|account| !account.is_empty());
        Ok(Caller {
            partition: arn.partition.to_owned(),
            account: account.ok_or_else(incomplete)?.to_owned(),
        })
    }

    /// What an answer says of the credentials. Only an answer of AWS shows that they work. Where ECS does not take them,
    /// STS has to tell whether they or the Region is the matter.
    pub(super) fn judge_credentials<T>(
        &self,
        operation: &'static str,
        answer: &Result<T, Failure>,
    ) {
        match answer {
            Ok(_) => self.health.aws(Ok::<(), &Failure>(())),
            Err(failure) => match failure.kind {
                kind if is_an_answer(operation, kind) => self.health.aws(Ok::<(), &Failure>(())),
                FailureKind::CredentialsUnavailable => self.health.aws(Err(failure)),
                _ if operation == operation::CALLER => self.health.aws(Err(failure)),
                FailureKind::CredentialsNotAccepted | FailureKind::AnotherAccount => {
                    self.forget_caller();
                }
                _ => {}
            },
        }
    }
}

/// Whatever STS said or not, ECS was not called.
fn nothing_sent(failure: Failure) -> Failure {
    Failure {
        effect: Effect::None,
        ..failure
    }
}
