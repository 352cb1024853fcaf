//! Faults of requests.

use std::time::Duration;

/// A fault of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Which requests it meets.
    pub on: Site,
    /// How many of them pass before it.
    pub after: u32,
    /// How many of them it meets.
    pub times: u32,
    /// What happens to them.
    pub kind: FaultKind,
}

/// The requests that a fault can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// Every request.
    Any,
    /// Requests with this name: the API action, or verb and resource.
    Named(&'static str),
    /// Requests that change something in AWS.
    ChangesAws,
    /// The request with this number among all of the run.
    Number(usize),
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The connection breaks before the request arrives.
    RequestLost,
    /// The connection breaks after the request took effect.
    AnswerLost,
    /// There is no answer until the client gives up. The request takes effect after this time, or never.
    NoAnswer(Option<Duration>),
    /// The request arrives late.
    Late(Duration),
    /// The answer arrives late.
    LateAnswer(Duration),
    /// The server refuses the request, without effect.
    Refused(Refusal),
    /// The request takes effect, and the server answers with an error of its own.
    ErrorAfterEffect,
    /// ECS shows the owner tags of another object.
    OthersTags,
    /// Somebody else changes the object just before the request arrives, so that it conflicts.
    Conflict,
    /// The process dies and starts again.
    Crash(Moment, Duration),
    /// The process does not execute for a time. After an answer that is the same as before the next request.
    Freeze(Moment, Duration),
}

/// When something happens to the process that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Before the request is sent. A frozen process sends it when it executes again.
    BeforeSend,
    /// After the request took effect, before its answer arrives.
    AfterEffect,
    /// As soon as the answer has arrived and the process has handled it.
    AfterAnswer,
}

/// How a server refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// An error code of AWS, with its text and HTTP status.
    Aws(Option<&'static str>, &'static str, u16),
    /// ECS rejects the value of an environment variable and quotes it, or something else if the request has none.
    Quoting,
    /// The API server has no such object for a moment.
    NotFound,
    /// The API server rejects the content.
    Invalid,
    /// The API server answers with 500.
    ServerError,
}

impl FaultKind {
    /// A short name, for coverage.
    pub fn name(&self) -> String {
        match self {
            Self::RequestLost => "request lost".into(),
            Self::AnswerLost => "answer lost".into(),
            Self::NoAnswer(None) => "no answer, no effect".into(),
            Self::NoAnswer(Some(after)) => format!("no answer, effect after {after:?}"),
            Self::Late(by) => format!("late by {by:?}"),
            Self::LateAnswer(by) => format!("answer late by {by:?}"),
            Self::Refused(refusal) => refusal.name(),
            Self::ErrorAfterEffect => "error after the effect".into(),
            Self::OthersTags => "tags of another object".into(),
            Self::Conflict => "conflict".into(),
            Self::Crash(moment, _) => format!("crash {}", moment.name()),
            Self::Freeze(moment, _) => format!("freeze {}", moment.name()),
        }
    }

    /// Whether ECS says that there is nothing, or that it belongs to somebody else, although that is not so.
    pub fn denies_service(&self) -> bool {
        match self {
            Self::Refused(refusal) => AWS_ABSENCES.contains(refusal),
            Self::OthersTags => true,
            _ => false,
        }
    }

    /// Whether the fault can meet a request to AWS, or one to Kubernetes.
    pub fn fits(&self, aws: bool, write: bool) -> bool {
        match self {
            Self::RequestLost
            | Self::NoAnswer(None)
            | Self::Late(_)
            | Self::LateAnswer(_)
            | Self::Crash(..)
            | Self::Freeze(..) => true,
            Self::AnswerLost | Self::NoAnswer(Some(_)) | Self::ErrorAfterEffect => write,
            Self::OthersTags => aws && !write,
            Self::Refused(Refusal::Aws(..) | Refusal::Quoting) => aws,
            Self::Refused(Refusal::NotFound | Refusal::Invalid | Refusal::ServerError) => !aws,
            Self::Conflict => !aws && write,
        }
    }
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::BeforeSend => "before the request",
            Self::AfterEffect => "after the effect",
            Self::AfterAnswer => "after the answer",
        }
    }
}

impl Refusal {
    fn name(self) -> String {
        match self {
            Self::Aws(code, ..) => code.unwrap_or("error without a code").into(),
            Self::Quoting => "refused with a quotation".into(),
            Self::NotFound => "not found".into(),
            Self::Invalid => "rejected".into(),
            Self::ServerError => "server error".into(),
        }
    }
}

/// The errors of AWS that may come at any time, whatever the request.
pub const AWS_REFUSALS: [Refusal; 10] = [
    Refusal::Aws(Some("ThrottlingException"), "Rate exceeded", 400),
    Refusal::Aws(Some("ServerException"), "", 500),
    Refusal::Aws(
        Some("AccessDeniedException"),
        "User is not authorized to perform this action",
        400,
    ),
    Refusal::Aws(Some("AccessDeniedException"), "Cannot assume role", 400),
    Refusal::Aws(Some("ClientException"), "Something went wrong", 400),
    Refusal::Aws(
        Some("InvalidParameterException"),
        "A parameter is invalid",
        400,
    ),
    Refusal::Quoting,
    Refusal::Aws(
        Some("ExpiredTokenException"),
        "The security token included in the request is expired",
        400,
    ),
    Refusal::Aws(None, "bad gateway", 502),
    Refusal::Aws(
        Some("NewException"),
        "An error that this version does not know",
        400,
    ),
];

/// Errors that say that there is nothing, although there may be something.
pub const AWS_ABSENCES: [Refusal; 3] = [
    Refusal::Aws(Some("ResourceNotFoundException"), "Resource not found", 400),
    Refusal::Aws(Some("InvalidParameterException"), "Resource not found", 400),
    Refusal::Aws(Some("ClusterNotFoundException"), "Cluster not found.", 400),
];

/// All kinds of faults with which the sweep meets each request.
pub fn all_kinds() -> Vec<FaultKind> {
    let seconds = Duration::from_secs;
    let mut kinds = vec![
        FaultKind::RequestLost,
        FaultKind::AnswerLost,
        FaultKind::NoAnswer(None),
        FaultKind::NoAnswer(Some(seconds(1))),
        FaultKind::NoAnswer(Some(seconds(40))),
        FaultKind::Late(seconds(7)),
        FaultKind::LateAnswer(seconds(7)),
        FaultKind::ErrorAfterEffect,
        FaultKind::Conflict,
        FaultKind::OthersTags,
        FaultKind::Refused(Refusal::NotFound),
        FaultKind::Refused(Refusal::Invalid),
        FaultKind::Refused(Refusal::ServerError),
        FaultKind::Crash(Moment::BeforeSend, seconds(2)),
        FaultKind::Crash(Moment::AfterEffect, seconds(2)),
        FaultKind::Crash(Moment::AfterAnswer, seconds(2)),
        FaultKind::Freeze(Moment::BeforeSend, seconds(60)),
        FaultKind::Freeze(Moment::AfterEffect, seconds(60)),
    ];
    kinds.extend(AWS_REFUSALS.map(FaultKind::Refused));
    kinds.extend(AWS_ABSENCES.map(FaultKind::Refused));
    kinds
}
