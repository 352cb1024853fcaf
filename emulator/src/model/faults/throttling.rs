//! Token buckets as published in the ECS API reference under "Request throttling": per account and
//! Region, shared by actions of the same kind.

use std::collections::HashMap;

use serde_json::Value;

use crate::model::{
    api::{action::Action, arn::Caller, error::ApiError},
    settings::{
        Settings,
        options::{ExpressBucket, ManagedRegistration, Throttling},
    },
};

/// A group of actions that share a token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Bucket {
    ServiceModify,
    ServiceRead,
    ServiceDeployment,
    ServiceRevision,
    TagModify,
    TagRead,
    TaskDefinitionModify,
    ClusterRead,
    ExpressModify,
    ExpressRead,
}

impl Bucket {
    /// The burst in tokens, and the refill in tokens per second.
    fn size(self) -> (f64, f64) {
        match self {
            Self::ServiceModify | Self::ExpressModify => (50.0, 5.0),
            Self::ServiceRead | Self::ExpressRead => (100.0, 20.0),
            Self::ServiceDeployment | Self::ServiceRevision => (50.0, 20.0),
            Self::TagModify => (20.0, 10.0),
            Self::TagRead | Self::ClusterRead => (50.0, 20.0),
            Self::TaskDefinitionModify => (20.0, 1.0),
        }
    }

    /// The bucket of an action; `None` if AWS publishes none or the settings turn it off.
    fn of(action: Action, settings: &Settings) -> Option<Self> {
        let express = |shared, own| match settings.express_bucket {
            ExpressBucket::Shared => Some(shared),
            ExpressBucket::Own => Some(own),
            ExpressBucket::Unlimited => None,
        };
        match action {
            Action::CreateExpressGatewayService
            | Action::UpdateExpressGatewayService
            | Action::DeleteExpressGatewayService => {
                express(Self::ServiceModify, Self::ExpressModify)
            }
            Action::DescribeExpressGatewayService => express(Self::ServiceRead, Self::ExpressRead),
            Action::UpdateService => Some(Self::ServiceModify),
            Action::ListServices | Action::DescribeServices => Some(Self::ServiceRead),
            Action::ListServiceDeployments | Action::DescribeServiceDeployments => {
                Some(Self::ServiceDeployment)
            }
            Action::DescribeServiceRevisions => Some(Self::ServiceRevision),
            Action::TagResource | Action::UntagResource => Some(Self::TagModify),
            Action::ListTagsForResource => Some(Self::TagRead),
            Action::RegisterTaskDefinition | Action::DeregisterTaskDefinition => {
                Some(Self::TaskDefinitionModify)
            }
            Action::DescribeClusters | Action::ListClusters => Some(Self::ClusterRead),
            Action::StopServiceDeployment
            | Action::DescribeTaskDefinition
            | Action::ListTaskDefinitions
            | Action::GetCallerIdentity
            | Action::AssumeRole
            | Action::AssumeRoleWithWebIdentity => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    /// In seconds of the clock on which the buckets refill.
    at: f64,
}

/// The fill levels of all buckets. An unused bucket is full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Throttles {
    levels: HashMap<(Caller, Bucket), Level>,
}

impl Throttles {
    /// Charges a call to its buckets, if throttling is on. `now` is in seconds of the clock on which they
    /// refill.
    ///
    /// # Errors
    /// Returns a ThrottlingException if one of the buckets is empty.
    pub(crate) fn charge(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
        settings: &Settings,
        now: f64,
    ) -> Result<(), ApiError> {
        match settings.throttling {
            Throttling::Off => Ok(()),
            Throttling::On => {
                let mut buckets: Vec<Bucket> = Bucket::of(action, settings).into_iter().collect();
                if settings.managed_registration == ManagedRegistration::Charged
                    && registers_task_definition(action, body)
                {
                    buckets.push(Bucket::TaskDefinitionModify);
                }
                self.draw(caller, &buckets, now)
            }
        }
    }

    /// Takes one token from each bucket, or no token if one of them is empty.
    fn draw(&mut self, caller: &Caller, buckets: &[Bucket], now: f64) -> Result<(), ApiError> {
        for bucket in buckets {
            if self.level(caller, *bucket, now) < 1.0 {
                return Err(ApiError::new("ThrottlingException", "Rate exceeded"));
            }
        }
        for bucket in buckets {
            let tokens = self.level(caller, *bucket, now) - 1.0;
            let level = Level { tokens, at: now };
            self.levels.insert((caller.clone(), *bucket), level);
        }
        Ok(())
    }

    fn level(&self, caller: &Caller, bucket: Bucket, now: f64) -> f64 {
        let (burst, refill) = bucket.size();
        let Some(Level { tokens, at }) = self.levels.get(&(caller.clone(), bucket)) else {
            return burst;
        };
        (tokens + (now - at) * refill).min(burst)
    }
}

/// Whether ECS registers a task definition as part of the call.
fn registers_task_definition(action: Action, body: &Value) -> bool {
    let express = matches!(
        action,
        Action::CreateExpressGatewayService | Action::UpdateExpressGatewayService
    );
    express && body["taskDefinitionArn"].is_null()
}
