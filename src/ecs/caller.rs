//! The caller: the account to which the credentials belong.

use aws_credential_types::Credentials;

use super::{aws::AwsEcs, caller_cache::KnownCaller, classify::operation, sdk_error::incomplete};
use crate::core::{
    desired::identity::{Arn, Caller, ServiceArn},
    observed::failure::{Effect, Failure, FailureKind},
    redaction::redact::Redactor,
};

impl AwsEcs {
    /// Returns the caller; asks STS again after the credentials have changed, and after an answer of ECS contradicted
    /// it.
    pub(super) async fn current_caller(&self) -> Result<Caller, Failure> {
        self.known_caller().await.map(|known| known.caller)
    }

    async fn known_caller(&self) -> Result<KnownCaller, Failure> {
        match self.caller_cache.get(self.credentials.changes()) {
            Some(known) => Ok(known),
            None => self.asked_caller().await,
        }
    }

    /// Asks STS, and caches its answer.
    pub(super) async fn asked_caller(&self) -> Result<KnownCaller, Failure> {
        let before = self.credentials.changes();
        let known = KnownCaller {
            caller: self.ask_caller().await?,
            // The first credentials are loaded by this very call. After any other change during the call it is open to
            // which credentials the answer belongs: it counts for the old ones, and the next call asks again.
            changes: if before == 0 { 1 } else { before },
        };
        self.caller_cache.store(known.clone());
        Ok(known)
    }

    /// Returns credentials of the account of this service, for the one call that names no account: those that the SDK
    /// would load at that moment may belong to another account.
    pub(super) async fn credentials_of(&self, arn: &ServiceArn) -> Result<Credentials, Failure> {
        // If the credentials change right now, STS is asked once more.
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
            message: "the credentials have just changed, so nothing was sent".into(),
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
}

/// A failure of STS, before any call to ECS.
fn nothing_sent(failure: Failure) -> Failure {
    Failure {
        effect: Effect::None,
        ..failure
    }
}
