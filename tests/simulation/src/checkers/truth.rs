//! What is really the case: the objects as stored and the services as ECS has them, now and in the recent past.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ecs_express_emulator::{DeploymentStatus, DeploymentView, Model, ServiceStatus, ServiceView};
use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::Value;

use crate::kubernetes::api_server::{ApiServer, Stored};

/// Key of the annotation with the ARN of the service.
pub const SERVICE_ARN: &str = "ecs-express.dev/service-arn";
/// The finalizer of the operator.
pub const FINALIZER: &str = "ecs-express.dev/finalizer";
/// The owner tag with the UID of the object, or the mark of a released service.
pub const UID: &str = "ecs-express.dev/uid";
/// The id of the simulated Kubernetes cluster.
pub const CLUSTER_ID: &str = "cluster-1";
/// The account of the simulated services.
pub const ACCOUNT: &str = "123456789012";
/// The Region of the simulated services.
pub const REGION: &str = "eu-west-1";

/// Who owns a service according to its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The object with this key.
    Object(ObjectKey),
    /// Somebody else, or several contradicting owners.
    Foreign,
    /// Nobody: no owner tags, or the mark of a released service.
    Nobody,
    /// Some owner tags are missing; these are left.
    #[allow(missing_docs, reason = "the fields are named like the tags")]
    Partial {
        namespace: Option<String>,
        name: Option<String>,
    },
}

impl Owner {
    /// Whether the tags do not contradict that the service belongs to this object.
    pub fn fits(&self, key: &ObjectKey) -> bool {
        match self {
            Self::Object(owner) => owner == key,
            Self::Foreign => false,
            Self::Nobody => true,
            Self::Partial { namespace, name } => {
                namespace.as_ref().is_none_or(|it| *it == key.namespace)
                    && name.as_ref().is_none_or(|it| *it == key.name)
            }
        }
    }

    fn of(tags: &BTreeMap<String, String>) -> Self {
        let tag = |name: &str| {
            tags.get(&format!("ecs-express.dev/{name}"))
                .map(String::as_str)
        };
        match (tag("cluster-id"), tag("namespace"), tag("name")) {
            (Some(CLUSTER_ID), Some(namespace), Some(name)) => Self::Object(ObjectKey {
                namespace: namespace.into(),
                name: name.into(),
            }),
            _ if tag("uid") == Some("released") => Self::Nobody,
            (None, None, None) if tag("uid").is_none() => Self::Nobody,
            (Some(_), Some(_), Some(_)) => Self::Foreign,
            (cluster, ..) if cluster.is_some_and(|id| id != CLUSTER_ID) => Self::Foreign,
            (_, namespace, name) => Self::Partial {
                namespace: namespace.map(str::to_owned),
                name: name.map(str::to_owned),
            },
        }
    }
}

/// A service at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceState {
    /// ACTIVE, DRAINING or INACTIVE.
    pub status: ServiceStatus,
    /// Tells two services that have had the same ARN apart.
    pub incarnation: String,
    /// Its owner.
    pub owner: Owner,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it carries the mark of a released service.
    pub released: bool,
    /// Whether it is an Express service.
    pub express: bool,
    /// ARN and configuration of the newest accepted revision.
    pub newest: Option<(String, Value)>,
    /// Whether ECS has lost the newest revision: it is neither deployed nor queued.
    pub lost: bool,
    /// ARN and configuration of the revision that runs.
    pub steady: Option<(String, Value)>,
    /// Target, its configuration and status of the newest deployment.
    pub deployment: Option<(String, Value, DeploymentStatus)>,
    /// The configurations whose deployment ECS has rolled back or stopped.
    pub failed: Vec<Value>,
    /// The configurations whose deployment another update has replaced before it ended.
    pub replaced: Vec<Value>,
}

impl ServiceState {
    fn of(service: ServiceView<'_>) -> Self {
        let tags = service.tags().iter();
        let tags: BTreeMap<_, _> = tags
            .map(|tag| (tag.key.clone(), tag.value.clone()))
            .collect();
        let revision = |revision: ecs_express_emulator::RevisionView<'_>| {
            (revision.arn().to_owned(), revision.configuration())
        };
        Self {
            status: service.status(),
            incarnation: service.endpoint().to_owned(),
            owner: Owner::of(&tags),
            released: tags.get(UID).is_some_and(|uid| uid == "released"),
            express: service.management() == ecs_express_emulator::ResourceManagement::Ecs,
            lost: service.queued_deployments() == 0
                && service
                    .last_deployment()
                    .is_some_and(|newest| !newest.is_shown()),
            newest: service.newest_revision().map(revision),
            steady: service.steady_revision().map(revision),
            replaced: service
                .deployments()
                .filter(was_replaced)
                .map(|deployment| deployment.target_revision().configuration())
                .collect(),
            failed: service
                .deployments()
                .filter(|deployment| has_failed(deployment.status()) && !was_replaced(deployment))
                .map(|deployment| deployment.target_revision().configuration())
                .collect(),
            tags,
            deployment: service.last_deployment().map(|deployment| {
                let (arn, configuration) = revision(deployment.target_revision());
                (arn, configuration, deployment.status())
            }),
        }
    }

    /// Whether the service exists, also while it drains.
    pub fn is_live(&self) -> bool {
        self.status != ServiceStatus::Inactive
    }
}

/// Whether ECS has rolled a deployment back, or has tried to.
pub fn is_rolled_back(status: DeploymentStatus) -> bool {
    matches!(
        status,
        DeploymentStatus::RollbackSuccessful | DeploymentStatus::RollbackFailed
    )
}

/// Whether a deployment has ended without success.
pub fn has_failed(status: DeploymentStatus) -> bool {
    is_rolled_back(status) || status == DeploymentStatus::Stopped
}

/// Whether a deployment was stopped because of another update.
fn was_replaced(deployment: &DeploymentView<'_>) -> bool {
    let reason = deployment.status_reason();
    reason.is_some_and(|reason| reason.contains("Replaced"))
}

/// A value over time.
#[derive(Clone, Debug)]
pub struct Timeline<T>(Vec<(Duration, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Timeline<T> {
    /// Notes the value from a time on.
    pub fn note(&mut self, at: Duration, value: T) {
        if self.0.last().is_none_or(|(_, last)| *last != value) {
            self.0.push((at, value));
        }
    }

    /// The present value.
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }

    /// The values that were current at some time since `from`.
    pub fn since(&self, from: Duration) -> impl Iterator<Item = &T> {
        let started_before = self.0.iter().rposition(|(at, _)| *at <= from);
        self.0
            .iter()
            .skip(started_before.unwrap_or_default())
            .map(|(_, value)| value)
    }

    /// The value at a time.
    pub fn at(&self, time: Duration) -> Option<&T> {
        let started_before = self.0.iter().rposition(|(at, _)| *at <= time)?;
        self.0.get(started_before).map(|(_, value)| value)
    }

    /// When the present value became current.
    pub fn changed_at(&self) -> Option<Duration> {
        self.0.last().map(|(at, _)| *at)
    }
}

/// What is the case, now and before.
#[derive(Debug, Default)]
pub struct Truth {
    /// The services by ARN; `None` where there is none.
    pub services: BTreeMap<String, Timeline<Option<Arc<ServiceState>>>>,
    /// The objects; `None` where there is none.
    pub objects: BTreeMap<ObjectKey, Timeline<Option<Arc<Versioned>>>>,
    /// Whether ECS refused the last create or update of an object, or did not do what it asks, apart from faults.
    refused: BTreeMap<ObjectKey, (bool, i64)>,
    seen_changes: Option<u64>,
    seen_versions: usize,
}

/// An object, compared by its version.
#[derive(Clone, Debug)]
pub struct Versioned(pub Arc<Stored>);

impl PartialEq for Versioned {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Truth {
    /// Notes what is the case now.
    pub fn note(&mut self, now: Duration, api: &ApiServer, model: &Model) {
        if self.seen_changes != Some(model.changes()) {
            self.seen_changes = Some(model.changes());
            self.note_services(now, model);
        }
        if self.seen_versions != api.changes().len() {
            self.seen_versions = api.changes().len();
            self.note_objects(now, api);
        }
    }

    fn note_services(&mut self, now: Duration, model: &Model) {
        let mut present = BTreeMap::new();
        for service in model.services() {
            present.insert(service.arn().to_string(), ServiceState::of(service));
        }
        for (arn, timeline) in &mut self.services {
            if !present.contains_key(arn) {
                timeline.note(now, None);
            }
        }
        for (arn, state) in present {
            let timeline = self.services.entry(arn).or_default();
            let known = timeline.last().and_then(Option::as_deref);
            if known != Some(&state) {
                timeline.note(now, Some(Arc::new(state)));
            }
        }
    }

    fn note_objects(&mut self, now: Duration, api: &ApiServer) {
        for (key, timeline) in &mut self.objects {
            if api.get(key).is_none() {
                timeline.note(now, None);
            }
        }
        for (key, stored) in api.objects() {
            let timeline = self.objects.entry(key.clone()).or_default();
            timeline.note(now, Some(Arc::new(Versioned(stored.clone()))));
        }
    }

    /// Notes whether ECS refused what the present generation of an object asks for.
    pub fn note_refused(&mut self, key: &ObjectKey, refused: bool) {
        let objects = self.objects.get(key).and_then(Timeline::last);
        if let Some(Some(object)) = objects {
            let generation = object.0.generation();
            self.refused.insert(key.clone(), (refused, generation));
        }
    }

    /// Whether ECS refuses what an object asks for.
    pub fn is_refused(&self, key: &ObjectKey, object: &Stored) -> bool {
        self.refused.get(key) == Some(&(true, object.generation()))
    }

    /// The service with this ARN.
    pub fn service(&self, arn: &str) -> Option<&ServiceState> {
        self.services.get(arn)?.last()?.as_deref()
    }

    /// The service that had this ARN at a time.
    pub fn service_at(&self, arn: &str, at: Duration) -> Option<&ServiceState> {
        let timeline = self.services.get(arn)?;
        timeline.at(at)?.as_deref()
    }

    /// The states of the service since a time.
    pub fn service_since(
        &self,
        arn: &str,
        from: Duration,
    ) -> impl Iterator<Item = Option<&ServiceState>> {
        let timeline = self.services.get(arn);
        timeline
            .into_iter()
            .flat_map(move |timeline| timeline.since(from))
            .map(Option::as_deref)
    }

    /// Whether a service has once carried the tags of this object.
    pub fn has_owned(&self, key: &ObjectKey, service: &ServiceState) -> bool {
        let timelines = self.services.values();
        let mut states = timelines
            .flat_map(|timeline| timeline.since(Duration::ZERO))
            .flatten();
        states.any(|state| {
            state.incarnation == service.incarnation && state.owner == Owner::Object(key.clone())
        })
    }

    /// The versions of an object since a time.
    pub fn object_since(&self, key: &ObjectKey, from: Duration) -> impl Iterator<Item = &Stored> {
        let timeline = self.objects.get(key);
        timeline
            .into_iter()
            .flat_map(move |timeline| timeline.since(from))
            .filter_map(|version| version.as_ref().map(|version| &*version.0))
    }
}

/// The ARN of an object's service: the recorded one, else the one that its name gives.
pub fn arn_of(key: &ObjectKey, stored: Option<&Stored>) -> String {
    let recorded = stored.and_then(|stored| stored.annotation(SERVICE_ARN));
    recorded.map_or_else(
        || {
            let name = stored.and_then(|stored| stored.json["spec"]["serviceName"].as_str());
            let name =
                name.map_or_else(|| format!("{}_{}", key.namespace, key.name), str::to_owned);
            format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/default/{name}")
        },
        str::to_owned,
    )
}
