//! The safety invariants over every combination of circumstances, not only over the rows of the table. The circumstances
//! are plain facts, and what is correct is derived from these facts alone: ownership, absence and difference are decided
//! here a second time, by other code than the core's.

mod circumstances;

use std::collections::{BTreeMap, BTreeSet};

use ecs_express_operator::core::decide::{action::Action, input::Fence};

use self::circumstances::{
    Code, Edit, Facts, OTHERS_TAG, Phase, RUNS, Remembered, Seen, Setting, Tags, USER_TAG,
    all_facts, owner,
};

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
