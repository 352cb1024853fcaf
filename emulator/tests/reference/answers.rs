//! The answer to each call in each state of a name.

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Free,
    Active,
    Draining,
    /// INACTIVE, while ECS still removes the infrastructure.
    Tail,
    Inactive,
    CustomerActive,
    CustomerDraining,
    CustomerTail,
    CustomerInactive,
}

/// A call that names one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Create,
    Describe,
    Update,
    ForceDeployment,
    Delete,
    ListDeployments,
    DescribeRevision,
    Tag,
    ListTags,
}

/// `None` if the call succeeds, else the code and the beginning of the message.
pub type Answer = Option<(&'static str, &'static str)>;

const OK: Answer = None;
const INVALID: &str = "InvalidParameterException";
const NOT_ACTIVE: &str = "ServiceNotActiveException";

const TAKEN: Answer = Some((INVALID, "Creation of service was not idempotent"));
const STILL_DRAINING: Answer = Some((INVALID, "Unable to Start a service that is still Draining."));
const NOT_FOUND: Answer = Some(("ResourceNotFoundException", "Resource not found"));
const NO_SUCH_RESOURCE: Answer = Some((
    "ResourceNotFoundException",
    "The specified resource is not found.",
));
const UNKNOWN_ARN: Answer = Some((INVALID, "Resource not found"));
const NO_SERVICE: Answer = Some(("ServiceNotFoundException", "Service not found."));
const DRAINING: Answer = Some((NOT_ACTIVE, "Service is in DRAINING status"));
const INACTIVE: Answer = Some((
    NOT_ACTIVE,
    "Cannot perform this operation on a service in INACTIVE status",
));
const NOT_EXPRESS: Answer = Some((INVALID, "The service "));
const NOT_MODELLED: Answer = Some(("UnsupportedFeatureException", "This emulator"));
const NO_REVISIONS: Answer = Some((
    INVALID,
    "Cannot call DescribeServiceRevisions for a service that is INACTIVE",
));
const NO_TAGS: Answer = Some((INVALID, "The specified service is inactive."));

impl Name {
    /// In the order of the columns of [`ANSWERS`].
    pub const ALL: [Self; 9] = [
        Self::Free,
        Self::Active,
        Self::Draining,
        Self::Tail,
        Self::Inactive,
        Self::CustomerActive,
        Self::CustomerDraining,
        Self::CustomerTail,
        Self::CustomerInactive,
    ];
}

#[rustfmt::skip]
const ANSWERS: [(Call, [Answer; 9]); 9] = [
    // what                    free              active  draining        tail            inactive      customer: active  draining        tail            inactive
    (Call::Create,           [OK,               TAKEN,  STILL_DRAINING, STILL_DRAINING, OK,           TAKEN,            STILL_DRAINING, STILL_DRAINING, OK]),
    (Call::Describe,         [NOT_FOUND,        OK,     OK,             OK,             OK,           NOT_EXPRESS,      NOT_EXPRESS,    NOT_EXPRESS,    NOT_EXPRESS]),
    (Call::Update,           [NO_SERVICE,       OK,     DRAINING,       INACTIVE,       INACTIVE,     NOT_EXPRESS,      NOT_EXPRESS,    NOT_EXPRESS,    NOT_EXPRESS]),
    (Call::ForceDeployment,  [NO_SERVICE,       OK,     DRAINING,       INACTIVE,       INACTIVE,     NOT_MODELLED,     NOT_MODELLED,   NOT_MODELLED,   NOT_MODELLED]),
    (Call::Delete,           [UNKNOWN_ARN,      OK,     DRAINING,       INACTIVE,       INACTIVE,     NOT_EXPRESS,      NOT_EXPRESS,    NOT_EXPRESS,    NOT_EXPRESS]),
    (Call::ListDeployments,  [NO_SERVICE,       OK,     OK,             OK,             OK,           OK,               OK,             OK,             OK]),
    (Call::DescribeRevision, [OK,               OK,     OK,             NO_REVISIONS,   NO_REVISIONS, OK,               OK,             NO_REVISIONS,   NO_REVISIONS]),
    (Call::Tag,              [NO_SUCH_RESOURCE, OK,     OK,             NO_TAGS,        NO_TAGS,      OK,               OK,             NO_TAGS,        NO_TAGS]),
    (Call::ListTags,         [NO_SUCH_RESOURCE, OK,     OK,             OK,             OK,           OK,               OK,             OK,             OK]),
];

/// Returns the answer to a call.
pub fn answer(call: Call, name: Name) -> Answer {
    let column = Name::ALL.iter().position(|known| *known == name).unwrap();
    let row = ANSWERS.iter().find(|(known, _)| *known == call);
    row.unwrap().1[column]
}
