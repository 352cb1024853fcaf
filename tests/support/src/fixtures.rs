//! Fixtures of the core's tests: objects, services and operator states.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::{
    api::{
        ExpressService, ExpressServiceStatus, FINALIZER, annotations,
        operator_state::{Intent, OperatorState},
        status::{DeploymentStatus, ManagedResource},
    },
    core::{
        decide::{
            decide,
            decision::Decision,
            input::{Fence, Input},
        },
        desired::{
            configuration::{Configuration, Container, Network, Scaling},
            identity::{Caller, OperatorIdentity},
            object::Desired,
            owner_tags,
            owner_tags::owner_tags_of,
            phase::Phase,
            recorded_identity::IdentityCheck,
        },
        observed::{
            failure::{Effect, Failure, FailureKind},
            history::{ObservationHistory, ObservedAt, Windows},
            service::{
                Management, Missing, Observed, Read, Revision, Service, StatusCode, TaskCounts,
            },
        },
        operator_state::state::SCHEME,
        record::{call::record_call, call_result::CallResult, intent::intent as intent_of},
        report::{event::Event, events::events, reconciled::Reconciled, status::project},
    },
};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};

use crate::{manifest, merge_patch::merge};

pub const WINDOWS: Windows = Windows {
    settle: Duration::from_secs(120),
    absence_gap: Duration::from_secs(10),
};

pub fn operator() -> OperatorIdentity {
    OperatorIdentity {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    }
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// An active object from a manifest; `patch` is merged into it.
pub fn object(patch: &Value) -> ExpressService {
    let manifest = manifest::manifest("shop", &manifest::spec(&json!({})));
    let mut object = manifest::namespaced("team-a", manifest);
    let claimed = json!({"metadata": {
        "uid": "u-1", "generation": 1,
        "finalizers": [FINALIZER],
        "annotations": {
            (annotations::SERVICE_ARN): SERVICE_ARN,
            (annotations::CLUSTER_ID): "cluster-1",
        },
    }});
    merge(&mut object, &claimed);
    merge(&mut object, patch);
    serde_json::from_value(object).unwrap()
}

pub fn new_object() -> Value {
    json!({"metadata": {"finalizers": null, "annotations": null}})
}

pub fn deleting(policy: &str) -> Value {
    json!({
        "metadata": {"deletionTimestamp": "2026-11-24T00:00:00Z"},
        "spec": {"deletionPolicy": policy},
    })
}

pub fn finalized() -> Value {
    json!({"metadata": {"deletionTimestamp": "2026-11-24T00:00:00Z", "finalizers": null}})
}

pub fn other_identity() -> Value {
    json!({"metadata": {"annotations": {(annotations::CLUSTER_ID): "cluster-2"}}})
}

/// The active object with patches, applied one after the other.
pub fn desired(patches: &[Value]) -> Desired {
    let mut manifest = serde_json::to_value(object(&json!({}))).unwrap();
    for patch in patches {
        merge(&mut manifest, patch);
    }
    Desired::parse(&serde_json::from_value(manifest).unwrap(), &operator())
}

/// What ECS shows after accepting a configuration: its defaults, the managed security group, its task definition.
pub fn accepted(wanted: &Configuration) -> Configuration {
    let Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container,
        health_check_path,
        network: Network {
            mut security_groups,
            mut subnets,
        },
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = wanted.clone();
    security_groups.insert("sg-ec5".into());
    if subnets.is_empty() {
        subnets = ["subnet-1".to_owned(), "subnet-2".to_owned()].into();
    }
    Configuration {
        execution_role_arn: execution_role_arn
            .or(Some("arn:aws:iam::123456789012:role/derived".into())),
        task_role_arn,
        task_definition_arn: task_definition_arn.or(Some(
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/made:1".into(),
        )),
        container: Some(container.map_or_else(
            || Container {
                image: "derived:1".into(),
                ..Container::default()
            },
            |container| Container {
                container_port: container.container_port.or(Some(80)),
                ..container
            },
        )),
        health_check_path: health_check_path.or(Some("/".into())),
        network: Network {
            security_groups,
            subnets,
        },
        cpu: cpu.or(Some("1024".into())),
        memory: memory.or(Some("2048".into())),
        cpu_architecture: cpu_architecture.or(Some("X86_64".into())),
        scaling: Scaling {
            min_task_count: scaling.min_task_count.or(Some(1)),
            max_task_count: scaling.max_task_count.or(Some(20)),
            metric: scaling.metric.or(Some("AVERAGE_CPU".into())),
            target_value: scaling.target_value.or(Some(60)),
        },
    }
}

/// ARN of the object's service.
pub const SERVICE_ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_shop";
/// ARN of its revision.
pub const REVISION: &str =
    "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/1";

/// An idle service that runs the spec and is owned by the object.
pub fn service(desired: &Desired) -> Service {
    Service {
        arn: desired.arn.clone(),
        code: StatusCode::Active,
        reason: None,
        infrastructure_role_arn: Some(desired.infrastructure_role_arn.clone()),
        current_deployment: None,
        revisions: vec![Revision {
            arn: REVISION.into(),
            created_at: Some(at(10)),
            configuration: accepted(&desired.configuration),
            endpoints: vec!["https://shop.example".into()],
        }],
        tags: desired.tags(),
        created_at: Some(at(0)),
        management: Read::Got(Management::Express),
        counts: Read::Got(TaskCounts {
            desired: 1,
            running: 1,
            pending: 0,
        }),
        deployments: Read::Got(vec![deployment(REVISION, "SUCCESSFUL")]),
        managed_resources: Read::Got(vec![ManagedResource {
            r#type: "ServiceSecurityGroup".into(),
            arn: Some("arn:aws:ec2:eu-west-1:123456789012:security-group/sg-ec5".into()),
            status: Some("ACTIVE".into()),
            reason: None,
        }]),
    }
}

pub fn deployment(revision: &str, status: &str) -> DeploymentStatus {
    DeploymentStatus {
        arn: Some(format!("{revision}/deployment")),
        status: Some(status.into()),
        target_revision: Some(revision.into()),
        ..DeploymentStatus::default()
    }
}

/// A deployment that started a minute ago.
pub fn in_progress(revision: &str, stage: &str) -> DeploymentStatus {
    DeploymentStatus {
        stage: Some(stage.into()),
        started_at: Some(Time(at(10 * 24 * 3600 - 60))),
        ..deployment(revision, "IN_PROGRESS")
    }
}

/// The operator state of an object whose configuration ECS accepted and runs: it was created, and observed afterwards.
pub fn applied_state(desired: &Desired) -> OperatorState {
    let created = Desired {
        phase: Phase::Active,
        identity: IdentityCheck::Same,
        invalid: None,
        suspend: false,
        restart: None,
        retry: None,
        ..desired.clone()
    };
    let mut create = OwnedInput::of(created.clone(), MISSING, None);
    create.fence = Fence::FinalizerJustAdded;
    let result = CallResult::Created {
        created_at: Some(at(0)),
        tagged: true,
    };
    let state = create.record(&result, at(0));
    let runs = Observed::Present(Box::new(service(&created)));
    OwnedInput::of(created, runs, Some(state)).record(&CallResult::Idle, at(60))
}

/// The operator state of an object that never sent anything.
pub fn empty_state() -> OperatorState {
    OperatorState {
        scheme: SCHEME,
        ..OperatorState::default()
    }
}

pub fn intent(operation: &str, hash: &str, outcome: Option<&str>) -> Intent {
    Intent {
        operation: operation.into(),
        hash: hash.into(),
        counter: 1,
        at: Time(at(0)),
        outcome: outcome.map(str::to_owned),
        expected: None,
    }
}

pub fn failure(kind: FailureKind, effect: Effect) -> Failure {
    Failure {
        operation: "DescribeExpressGatewayService",
        kind,
        effect,
        code: format!("{kind:?}"),
        message: "as AWS says it".into(),
    }
}

pub fn unreadable() -> Observed {
    Observed::Unreadable(failure(FailureKind::Unavailable, Effect::Unknown))
}

pub const MISSING: Observed = Observed::Missing(Missing::NotFound);

/// An observation history with one observation at each end of a span of seconds.
pub fn history_of(
    observed: &Observed,
    state: Option<&OperatorState>,
    seconds: u64,
) -> ObservationHistory {
    let open_intent = state.and_then(OperatorState::open_intent);
    let mut history = ObservationHistory::default();
    history.record(observed, open_intent, ObservedAt::at(Duration::ZERO));
    history.record(
        observed,
        open_intent,
        ObservedAt::at(Duration::from_secs(seconds)),
    );
    history
}

pub fn other_owner_tags() -> BTreeMap<String, String> {
    let other = ecs_express_operator::core::desired::identity::ObjectIdentity {
        namespace: "team-b".into(),
        name: "shop".into(),
        uid: "u-2".into(),
    };
    owner_tags_of(&other, "cluster-1")
}

pub fn remove_owner_tags(service: &mut Service) {
    service
        .tags
        .retain(|key, _| !key.starts_with(owner_tags::PREFIX));
}

/// Everything that a decision depends on, owned.
pub struct OwnedInput {
    pub desired: Desired,
    pub observed: Observed,
    pub operator_state: Option<OperatorState>,
    pub history: ObservationHistory,
    pub fence: Fence,
    /// The managed resources in the status.
    pub managed_resources: Vec<ManagedResource>,
}

impl OwnedInput {
    pub fn of(desired: Desired, observed: Observed, operator_state: Option<OperatorState>) -> Self {
        Self {
            history: history_of(&observed, operator_state.as_ref(), 0),
            desired,
            observed,
            operator_state,
            fence: Fence::Needed,
            managed_resources: Vec::new(),
        }
    }

    pub fn observed_for(mut self, seconds: u64) -> Self {
        self.history = history_of(&self.observed, self.operator_state.as_ref(), seconds);
        self
    }

    pub fn input(&self) -> Input<'_> {
        Input {
            desired: &self.desired,
            observed: &self.observed,
            state: self.operator_state.as_ref(),
            deployment: None,
            managed_resources: &self.managed_resources,
            history: &self.history,
            windows: &WINDOWS,
            fence: self.fence,
            now: at(10 * 24 * 3600),
        }
    }

    pub fn decide(&self) -> Decision {
        decide(&self.input())
    }

    /// The operator state after a reconcile in which the call had this result.
    pub fn record(&self, result: &CallResult, now: Timestamp) -> OperatorState {
        let (input, decision) = (self.input(), self.decide());
        let sent = intent_of(&input, &decision, now);
        record_call(&input, &decision, sent, result, now)
    }

    /// The status and the events after a reconcile in which the call had this result.
    pub fn report(
        &self,
        result: &CallResult,
        previous: &ExpressServiceStatus,
    ) -> (ExpressServiceStatus, Vec<Event>) {
        let (input, decision) = (self.input(), self.decide());
        let state = self.record(result, at(60));
        let reconciled = Reconciled {
            input: &input,
            decision: &decision,
            result,
        };
        let status = project(previous, reconciled, state, at(60));
        let events = events(previous, &status, reconciled);
        (status, events)
    }
}
