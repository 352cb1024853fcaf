//! The safety invariants over every combination of circumstances, not only over the rows of the table. The circumstances
//! are plain facts, and what is correct is derived from these facts alone: ownership, absence and difference are decided
//! here a second time, by other code than the core's.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ecs_express_operator::core::{
    decide::{action::Action, input::Fence},
    observed::{
        history::ObservedAt,
        service::{Observed, StatusCode},
    },
};
use serde_json::json;

use crate::fixtures::*;

/// What the object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Active,
    New,
    DeletingWithDelete,
    DeletingWithRetain,
    Finalized,
}

/// One thing that is special about the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    None,
    Report,
    Suspended,
    Adopt,
    OtherRegion,
}

/// What the user changed since the operator state was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    None,
    Image,
    InfrastructureRole,
    Tag,
    Restart,
}

/// What the status remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remembered {
    Nothing,
    NothingSent,
    Applied,
    AppliedWithTag,
    CreateInDoubt,
}

/// The tags of the service, and whether it is the one that the operator state names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tags {
    Ours,
    OursAndMore,
    None,
    NoneOnAnotherService,
    SomeOfOurs,
    OtherName,
    OtherCluster,
    ReleasedByAnother,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Active,
    Draining,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Unreadable,
    Missing,
    NotAsked,
    Service {
        code: Code,
        tags: Tags,
        image: &'static str,
    },
}

/// One combination of circumstances.
#[derive(Clone, Copy, Debug)]
struct Facts {
    phase: Phase,
    same_identity: bool,
    setting: Setting,
    edit: Edit,
    seen: Seen,
    remembered: Remembered,
    /// For how long it has been seen so, with an observation at each end.
    seconds: u64,
    fence: Fence,
}

const CREATED: i64 = 0;
const RUNS: &str = "shop:1";
const DRIFTED: &str = "shop:9";
const USER_TAG: &str = "team";
const OTHERS_TAG: &str = "cost-center";

/// The edits to try in a phase: only an active object has many ways to react to them.
fn edits(phase: Phase) -> &'static [Edit] {
    match phase {
        Phase::Active => &[
            Edit::None,
            Edit::Image,
            Edit::InfrastructureRole,
            Edit::Tag,
            Edit::Restart,
        ],
        Phase::New | Phase::DeletingWithDelete | Phase::DeletingWithRetain | Phase::Finalized => {
            &[Edit::None, Edit::Image]
        }
    }
}

fn all_facts() -> Vec<Facts> {
    let mut seen = vec![Seen::Unreadable, Seen::Missing, Seen::NotAsked];
    for code in [Code::Active, Code::Draining, Code::Unknown] {
        for tags in [
            Tags::Ours,
            Tags::OursAndMore,
            Tags::None,
            Tags::NoneOnAnotherService,
            Tags::SomeOfOurs,
            Tags::OtherName,
            Tags::OtherCluster,
            Tags::ReleasedByAnother,
        ] {
            seen.push(Seen::Service {
                code,
                tags,
                image: RUNS,
            });
        }
    }
    let (code, tags) = (Code::Active, Tags::Ours);
    seen.push(Seen::Service {
        code,
        tags,
        image: DRIFTED,
    });
    let mut all = Vec::new();
    for phase in [
        Phase::Active,
        Phase::New,
        Phase::DeletingWithDelete,
        Phase::DeletingWithRetain,
        Phase::Finalized,
    ] {
        for same_identity in [true, false] {
            for setting in [
                Setting::None,
                Setting::Report,
                Setting::Suspended,
                Setting::Adopt,
                Setting::OtherRegion,
            ] {
                for edit in edits(phase).iter().copied() {
                    for &seen in &seen {
                        for (remembered, fence) in [
                            (Remembered::Nothing, Fence::Needed),
                            (Remembered::Nothing, Fence::FinalizerJustAdded),
                            (Remembered::NothingSent, Fence::Needed),
                            (Remembered::Applied, Fence::Needed),
                            (Remembered::AppliedWithTag, Fence::Needed),
                            (Remembered::CreateInDoubt, Fence::Needed),
                        ] {
                            for seconds in [0, 10, 120] {
                                all.push(Facts {
                                    phase,
                                    same_identity,
                                    setting,
                                    edit,
                                    seen,
                                    remembered,
                                    seconds,
                                    fence,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

impl Facts {
    fn given(&self) -> OwnedInput {
        let phase = match self.phase {
            Phase::Active => json!({}),
            Phase::New => new_object(),
            Phase::DeletingWithDelete => deleting("Delete"),
            Phase::DeletingWithRetain => deleting("Retain"),
            Phase::Finalized => finalized(),
        };
        let identity = if self.same_identity {
            json!({})
        } else {
            other_identity()
        };
        let setting = match self.setting {
            Setting::None => json!({}),
            Setting::Report => json!({"spec": {"driftPolicy": "Report"}}),
            Setting::Suspended => json!({"spec": {"suspend": true}}),
            Setting::Adopt => json!({"spec": {"adoptionPolicy": "Adopt"}}),
            Setting::OtherRegion => {
                json!({"spec": {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/default"}})
            }
        };
        let edit = match self.edit {
            Edit::None => json!({}),
            Edit::Image => json!({"spec": {"primaryContainer": {"image": "shop:2"}}}),
            Edit::InfrastructureRole => {
                json!({"spec": {"infrastructureRoleArn": "arn:aws:iam::123456789012:role/other"}})
            }
            Edit::Tag => json!({"spec": {"tags": [{"key": USER_TAG, "value": "b"}]}}),
            Edit::Restart => json!({"metadata": {"annotations": {"ecs-express.dev/restart": "1"}}}),
        };
        let before = [phase, identity, setting];
        let desired_before = desired(&before);
        let mut state = applied_state(&desired_before);
        let remembered = match self.remembered {
            Remembered::Nothing => None,
            Remembered::NothingSent => Some(empty_state()),
            Remembered::Applied => Some(state),
            Remembered::AppliedWithTag => {
                state.last_applied.as_mut().unwrap().tag_keys = vec![USER_TAG.into()];
                Some(state)
            }
            Remembered::CreateInDoubt => {
                state.intent = Some(intent("Create", "h", None));
                Some(state)
            }
        };
        let [phase, identity, setting] = before;
        let given = OwnedInput::of(
            desired(&[phase, identity, setting, edit]),
            self.observed(),
            remembered,
        );
        let mut given = given.observed_for(self.seconds);
        for second in [0, self.seconds] {
            let at = ObservedAt::at(Duration::from_secs(second));
            given.history.record_owner(true, at);
        }
        given.fence = self.fence;
        given
    }

    fn observed(&self) -> Observed {
        let (code, tags, image) = match self.seen {
            Seen::Unreadable => return unreadable(),
            Seen::Missing => return MISSING,
            Seen::NotAsked => return Observed::NotAsked,
            Seen::Service { code, tags, image } => (code, tags, image),
        };
        let mut service = service(&desired(&[]));
        service.code = match code {
            Code::Active => StatusCode::Active,
            Code::Draining => StatusCode::Draining,
            Code::Unknown => StatusCode::Other("NEW".into()),
        };
        service.tags = tags.on_the_service();
        if tags == Tags::NoneOnAnotherService {
            service.created_at = Some(at(CREATED + 3600));
        }
        let container = service.revisions[0].configuration.container.as_mut();
        image.clone_into(&mut container.unwrap().image);
        Observed::Present(Box::new(service))
    }
}

/// The owner tags of an object in the namespace `team-a`.
fn owner(cluster: &str, name: &str, uid: &str) -> [(String, String); 4] {
    [
        ("cluster-id", cluster),
        ("namespace", "team-a"),
        ("name", name),
        ("uid", uid),
    ]
    .map(|(key, value)| (format!("ecs-express.dev/{key}"), value.to_owned()))
}

impl Tags {
    fn on_the_service(self) -> BTreeMap<String, String> {
        let mut tags: BTreeMap<String, String> = match self {
            Self::Ours => owner("cluster-1", "shop", "u-1").into(),
            Self::OursAndMore => {
                let mut tags = BTreeMap::from(owner("cluster-1", "shop", "u-1"));
                tags.insert(USER_TAG.into(), "a".into());
                tags
            }
            Self::None | Self::NoneOnAnotherService => BTreeMap::new(),
            Self::SomeOfOurs => {
                let mut tags = BTreeMap::from(owner("cluster-1", "shop", "u-1"));
                tags.remove("ecs-express.dev/cluster-id");
                tags
            }
            Self::OtherName => owner("cluster-1", "blog", "u-2").into(),
            Self::OtherCluster => owner("cluster-2", "shop", "u-1").into(),
            Self::ReleasedByAnother => owner("cluster-2", "shop", "released").into(),
        };
        tags.insert(OTHERS_TAG.into(), "42".into());
        tags
    }
}

/// What is true in the given circumstances.
impl Facts {
    /// Whether the operator state names the service that is seen: by its ARN and creation time.
    fn remembers_the_service(&self) -> bool {
        match self.remembered {
            Remembered::Nothing | Remembered::NothingSent => false,
            Remembered::Applied | Remembered::AppliedWithTag | Remembered::CreateInDoubt => true,
        }
    }

    /// Whether the service that is seen belongs to this object.
    fn ours(&self) -> bool {
        let Seen::Service { tags, .. } = self.seen else {
            return false;
        };
        match tags {
            Tags::Ours | Tags::OursAndMore => true,
            Tags::None | Tags::SomeOfOurs => self.remembers_the_service(),
            Tags::NoneOnAnotherService
            | Tags::OtherName
            | Tags::OtherCluster
            | Tags::ReleasedByAnother => false,
        }
    }

    fn unowned(&self) -> bool {
        match self.seen {
            Seen::Service { tags, .. } => match tags {
                Tags::None => !self.ours(),
                Tags::NoneOnAnotherService | Tags::ReleasedByAnother => true,
                Tags::Ours
                | Tags::OursAndMore
                | Tags::SomeOfOurs
                | Tags::OtherName
                | Tags::OtherCluster => false,
            },
            Seen::Unreadable | Seen::Missing | Seen::NotAsked => false,
        }
    }

    /// Whether it is confirmed that there is no service of this object.
    fn absent(&self) -> bool {
        let needed = match (self.remembered, self.fence) {
            (Remembered::Nothing, Fence::FinalizerJustAdded) | (Remembered::NothingSent, _) => 0,
            (Remembered::Nothing, Fence::Needed) | (Remembered::CreateInDoubt, _) => 120,
            (Remembered::Applied | Remembered::AppliedWithTag, _) => 10,
        };
        self.seen == Seen::Missing && self.seconds >= needed
    }

    /// Whether the configuration in the spec is another one than ECS runs.
    fn differs(&self) -> bool {
        let Seen::Service { image, .. } = self.seen else {
            return false;
        };
        let wanted = if self.edit == Edit::Image {
            "shop:2"
        } else {
            RUNS
        };
        wanted != image
    }

    fn restart_is_due(&self) -> bool {
        self.edit == Edit::Restart && self.remembered != Remembered::Nothing
    }

    /// The tags that the spec and the ownership ask for and that the service does not have.
    fn tags_due(&self) -> BTreeMap<String, String> {
        let Seen::Service { tags, .. } = self.seen else {
            return BTreeMap::new();
        };
        let mut wanted = Tags::Ours.on_the_service();
        wanted.remove(OTHERS_TAG);
        if self.edit == Edit::Tag {
            wanted.insert(USER_TAG.into(), "b".into());
        }
        let there = tags.on_the_service();
        wanted.retain(|key, value| there.get(key) != Some(value));
        wanted
    }

    fn may_change_the_service(&self) -> bool {
        self.phase == Phase::Active
            && self.same_identity
            && !matches!(self.setting, Setting::Suspended | Setting::OtherRegion)
    }

    fn code(&self) -> Option<Code> {
        match self.seen {
            Seen::Service { code, .. } => Some(code),
            Seen::Unreadable | Seen::Missing | Seen::NotAsked => None,
        }
    }

    /// Whether the action is permitted.
    fn permit(&self, action: &Action) -> bool {
        match action {
            Action::Nothing => true,
            Action::AddFinalizer => self.phase == Phase::New,
            Action::Create(request) => {
                let mut tags = Tags::Ours.on_the_service();
                tags.remove(OTHERS_TAG);
                self.may_change_the_service()
                    && self.absent()
                    && tags.iter().all(|(key, value)| request.tags.get(key) == Some(value))
                    && request.arn.to_string()
                        == "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_shop"
                    // A service that was deleted outside stays so where drift is only reported.
                    && !(self.setting == Setting::Report && self.remembers_the_service())
            }
            Action::Update(_) => {
                self.may_change_the_service()
                    && self.ours()
                    && self.code() == Some(Code::Active)
                    && self.edit != Edit::InfrastructureRole
                    && (self.differs() || self.restart_is_due())
                    // Drift that the user asked only to see reported.
                    && (self.setting != Setting::Report
                        || self.edit == Edit::Image
                        || self.restart_is_due())
            }
            Action::Tag(request) => {
                let due = self.tags_due();
                self.may_change_the_service()
                    && self.ours()
                    && self.code() != Some(Code::Draining)
                    && !request.tags.is_empty()
                    && request
                        .tags
                        .iter()
                        .all(|(key, value)| due.get(key) == Some(value))
            }
            Action::Untag(request) => {
                self.may_change_the_service()
                    && self.ours()
                    && self.code() != Some(Code::Draining)
                    && self.edit != Edit::Tag
                    && self.remembered == Remembered::AppliedWithTag
                    && request.keys == BTreeSet::from([USER_TAG.to_owned()])
            }
            Action::Adopt(_) => {
                self.may_change_the_service()
                    && self.setting == Setting::Adopt
                    && self.unowned()
                    && self.code() != Some(Code::Draining)
                    && !self.differs()
                    && self.edit != Edit::InfrastructureRole
            }
            Action::Delete => {
                self.phase == Phase::DeletingWithDelete
                    && self.same_identity
                    && self.ours()
                    && self.code() != Some(Code::Draining)
            }
            Action::Retain(request) => {
                let released = owner("cluster-1", "shop", "released");
                self.phase == Phase::DeletingWithRetain
                    && self.same_identity
                    && self.ours()
                    && request.tags == BTreeMap::from(released)
            }
            Action::VerifyOwnerTags => {
                self.phase == Phase::DeletingWithDelete && self.code().is_some() && !self.ours()
            }
            Action::ReleaseFinalizer => match self.phase {
                Phase::DeletingWithRetain => !(self.same_identity && self.ours()),
                Phase::DeletingWithDelete => {
                    let left_alone = self.code().is_some() && !self.ours() && self.seconds >= 10;
                    let never_sent = self.seen == Seen::Unreadable
                        && self.remembered == Remembered::NothingSent
                        && self.seconds >= 120;
                    self.same_identity && (self.absent() || left_alone || never_sent)
                }
                Phase::Active | Phase::New | Phase::Finalized => false,
            },
        }
    }

    /// The action that is due, where these circumstances leave no choice: an operator that does nothing is safe, too.
    fn due(&self) -> Option<&'static str> {
        let settled = matches!(
            self.remembered,
            Remembered::Applied | Remembered::AppliedWithTag
        );
        let deleting = self.phase == Phase::DeletingWithDelete && self.same_identity;
        if deleting && self.absent() {
            return Some("ReleaseFinalizer");
        }
        if deleting && self.ours() && self.code() != Some(Code::Draining) {
            return Some("Delete");
        }
        let kept_deleted = self.setting == Setting::Report && self.remembers_the_service();
        if self.may_change_the_service() && self.absent() && !kept_deleted {
            return Some("Create");
        }
        let runs = self.code() == Some(Code::Active)
            && matches!(
                self.seen,
                Seen::Service {
                    tags: Tags::Ours,
                    ..
                }
            );
        (self.may_change_the_service() && runs && settled && self.edit == Edit::Image)
            .then_some("Update")
    }
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::Nothing => "Nothing",
        Action::AddFinalizer => "AddFinalizer",
        Action::Create(_) => "Create",
        Action::Update(_) => "Update",
        Action::Delete => "Delete",
        Action::Tag(_) => "Tag",
        Action::Untag(_) => "Untag",
        Action::Adopt(_) => "Adopt",
        Action::Retain(_) => "Retain",
        Action::VerifyOwnerTags => "VerifyOwnerTags",
        Action::ReleaseFinalizer => "ReleaseFinalizer",
    }
}

#[test]
fn no_combination_of_circumstances_breaks_a_safety_invariant() {
    let all = all_facts();
    assert!(all.len() > 50_000, "only {} combinations", all.len());
    let mut actions = BTreeMap::<_, usize>::new();
    for facts in &all {
        let decision = facts.given().decide();
        let action = name(&decision.action);
        *actions.entry(action).or_default() += 1;
        assert!(
            facts.permit(&decision.action),
            "{:?} for {:?} is not permitted: {facts:?}",
            decision.action,
            decision.reason
        );
        if let Some(due) = facts.due() {
            assert_eq!(action, due, "{:?}: {facts:?}", decision.reason);
        }
    }
    // No invariant holds only because its action never happens.
    assert_eq!(actions.len(), 11, "{actions:?}");
}
