//! The invariants, checked after every event. The checkers read the stored objects and the services of ECS as documents
//! and share no code with the operator.
//!
//! | checker | invariants of the design |
//! | --- | --- |
//! | [`creates`] | I1: at most one service for an object; I3: no create before finalizer and identity are stored |
//! | [`fences`] | I6: every call that changes something follows a write that fences it |
//! | [`ownership`] | I2: nothing not ours is ever changed |
//! | [`deletion`] | I3: no service outlives its object; I5: ignorance destroys nothing |
//! | [`updates`] | I4: no update without a difference; I6: no older spec is sent; no rolled-back configuration again |
//! | [`honesty`] | I8: `Ready` is true only where it is |
//! | [`pressure`] | I7: no hot loop |
//! | [`rest`] | I4: no call and no write while idle |
//! | [`requested`] | what users ask for by annotation and policy is done, and what they forbid is not |
//! | [`secrecy`] | I10: no environment value in status and events |
//! | [`tags`] | I2, I4: the tags of others stay, and no tag is sent without a difference |
//! | [`liveness`] | L1, L2: after the faults, everything converges or is gone |

pub mod configuration;
pub mod creates;
pub mod deletion;
pub mod fences;
pub mod honesty;
pub mod liveness;
pub mod ownership;
pub mod pressure;
pub mod requested;
pub mod rest;
pub mod secrecy;
pub mod tags;
pub mod truth;
pub mod updates;

use std::time::Duration;

use ecs_express_operator::{controller::objects::ObjectKey, core::report::event::Event};
use serde_json::Value;

use self::truth::Truth;
use crate::{
    kubernetes::api_server::{ApiServer, Write},
    process::ProcessId,
    request::{AwsError, Request},
    scenario::act::Act,
};

/// What happened.
#[allow(missing_docs, reason = "the fields are who, about what, and when")]
#[derive(Debug)]
pub enum Occurrence<'a> {
    /// A process sends a request.
    Sent {
        process: ProcessId,
        reconciled: Option<&'a ObjectKey>,
        request: &'a Request,
    },
    /// A call of a process reaches AWS, before it takes effect.
    Arrives {
        process: ProcessId,
        reconciled: Option<&'a ObjectKey>,
        sent_at: Duration,
        action: &'static str,
        account: &'a str,
        body: &'a Value,
    },
    /// A call of a process took effect, or AWS refused it.
    Served {
        process: ProcessId,
        reconciled: Option<&'a ObjectKey>,
        action: &'static str,
        account: &'a str,
        body: &'a Value,
        answer: &'a Result<Value, AwsError>,
    },
    /// A process learns the answer to its call, or that there will be none.
    Answered {
        process: ProcessId,
        reconciled: Option<&'a ObjectKey>,
        action: &'static str,
        account: &'a str,
        body: &'a Value,
        definite: bool,
        succeeded: bool,
    },
    /// A process has died.
    Died { process: ProcessId },
    /// A write of a process took effect.
    Wrote {
        process: ProcessId,
        key: &'a ObjectKey,
        write: &'a Write,
    },
    /// A process published an event.
    Published {
        key: &'a ObjectKey,
        event: &'a Event,
    },
    /// A process starts a reconcile.
    Reconciles {
        process: ProcessId,
        key: &'a ObjectKey,
    },
    /// Somebody else did something.
    Acted(&'a Act),
    /// Nothing disturbs the operator from now on.
    Calm,
    /// Everything should be idle from now on.
    Rest,
    /// The run ends.
    End,
}

/// What a checker sees.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The present time.
    pub now: Duration,
    /// What is the case, now and before.
    pub truth: &'a Truth,
    /// The stored objects.
    pub api: &'a ApiServer,
    /// How long reads of ECS may lag behind.
    pub read_lag: Duration,
    /// Whether a fault may meet a request, or already has.
    pub disturbed: bool,
    /// Whether nothing in ECS will change automatically any more.
    pub settled: bool,
    /// The objects of the run.
    pub objects: &'a [ObjectKey],
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken, as a sentence.
    pub rule: &'static str,
    /// What happened.
    pub what: String,
}

/// Checks one or more invariants.
pub trait Checker {
    /// Judges what happened; what is the case includes its effect.
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation>;
}

/// All checkers.
pub fn all() -> Vec<Box<dyn Checker>> {
    vec![
        Box::new(creates::Creates::default()),
        Box::new(fences::Fences::default()),
        Box::new(ownership::Ownership::default()),
        Box::new(deletion::Deletion::default()),
        Box::new(updates::Updates::default()),
        Box::new(honesty::Honesty),
        Box::new(pressure::Pressure::default()),
        Box::new(requested::Requested::default()),
        Box::new(rest::Rest::default()),
        Box::new(secrecy::Secrecy),
        Box::new(tags::Tags::default()),
        Box::new(liveness::Liveness::default()),
    ]
}

/// A violation of a rule.
pub fn violated(rule: &'static str, what: impl Into<String>) -> Option<Violation> {
    Some(Violation {
        rule,
        what: what.into(),
    })
}

/// The ARN that a request to ECS names, or will give its service.
pub fn named_arn(account: &str, body: &Value) -> Option<String> {
    if let (Some(cluster), Some(name)) = (body["cluster"].as_str(), body["serviceName"].as_str()) {
        return Some(format!(
            "arn:aws:ecs:{}:{account}:service/{cluster}/{name}",
            truth::REGION
        ));
    }
    let arn = body["serviceArn"].as_str().or(body["resourceArn"].as_str());
    arn.map(str::to_owned)
}

/// Creates a service.
pub const CREATE: &str = "CreateExpressGatewayService";
/// Updates a service.
pub const UPDATE: &str = "UpdateExpressGatewayService";
/// Deletes a service.
pub const DELETE: &str = "DeleteExpressGatewayService";
/// Sets tags.
pub const TAG: &str = "TagResource";
/// Removes tags.
pub const UNTAG: &str = "UntagResource";
