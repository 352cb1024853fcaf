//! The circumstances as plain facts, and the input of the decision in them.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use ecs_express_operator::{
    api::operator_state::OperatorState,
    core::{
        decide::input::Fence,
        observed::{
            history::ObservedAt,
            service::{Observed, StatusCode},
        },
    },
};
use serde_json::{Value, json};

use crate::fixtures::*;

/// What the object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Active,
    New,
    DeletingWithDelete,
    DeletingWithRetain,
    Finalized,
}

/// One thing that is special about the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    None,
    Report,
    Suspended,
    Adopt,
    OtherRegion,
}

/// What the user changed since the operator state was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    None,
    Image,
    InfrastructureRole,
    Tag,
    Restart,
}

/// What the status remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    Nothing,
    NothingSent,
    Applied,
    AppliedWithTag,
    CreateInDoubt,
}

/// The tags of the service, and whether it is the one that the operator state names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
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
pub enum Code {
    Active,
    Draining,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
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
pub struct Facts {
    pub phase: Phase,
    pub same_identity: bool,
    pub setting: Setting,
    pub edit: Edit,
    pub seen: Seen,
    pub remembered: Remembered,
    /// For how long it has been seen so, with an observation at each end.
    pub seconds: u64,
    pub fence: Fence,
}

const CREATED: i64 = 0;
pub const RUNS: &str = "shop:1";
const DRIFTED: &str = "shop:9";
pub const USER_TAG: &str = "team";
pub const OTHERS_TAG: &str = "cost-center";

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

/// Every combination of circumstances.
pub fn all_facts() -> Vec<Facts> {
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
    /// The input of the decision in these circumstances.
    pub fn given(&self) -> OwnedInput {
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
        let remembered = match self.remembered {
            Remembered::Nothing => None,
            Remembered::NothingSent => Some(empty_state()),
            Remembered::Applied => Some(applied(&before)),
            Remembered::AppliedWithTag => {
                let mut state = applied(&before);
                state.last_applied.as_mut().unwrap().tag_keys = vec![USER_TAG.into()];
                Some(state)
            }
            Remembered::CreateInDoubt => {
                let mut state = applied(&before);
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

/// The operator state of an object with these patches, built once for each of the few.
fn applied(patches: &[Value; 3]) -> OperatorState {
    static BUILT: Mutex<BTreeMap<String, OperatorState>> = Mutex::new(BTreeMap::new());
    let key = json!(patches).to_string();
    let mut built = BUILT.lock().unwrap();
    let state = built
        .entry(key)
        .or_insert_with(|| applied_state(&desired(patches)));
    state.clone()
}

/// The owner tags of an object in the namespace `team-a`.
pub fn owner(cluster: &str, name: &str, uid: &str) -> [(String, String); 4] {
    [
        ("cluster-id", cluster),
        ("namespace", "team-a"),
        ("name", name),
        ("uid", uid),
    ]
    .map(|(key, value)| (format!("ecs-express.dev/{key}"), value.to_owned()))
}

impl Tags {
    pub fn on_the_service(self) -> BTreeMap<String, String> {
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
