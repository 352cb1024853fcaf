//! A deployment as a function of its age.

/// Seconds, either since the start of a sequence or as an age.
pub type Seconds = u64;

/// How a deployment is planned to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    Succeed,
    NeverComesUp,
    BreakerOpens,
    AlarmFires,
    RollbackFails,
    RolledBackBeforeShown,
    StoppedBeforeShown,
    Vanishes,
}

/// What ends a deployment before its plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Replaced,
    ServiceDeleted,
    Abort,
    Rollback,
}

/// A deployment that has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub revision: usize,
    pub started: Seconds,
    /// The revision that ran before.
    pub source: Option<usize>,
    pub plan: Plan,
    /// In the order in which they came.
    pub cuts: Vec<(Seconds, Cut)>,
    /// Whether reads have shown the deployment while it waited, and therefore from its start.
    pub listed: bool,
}

/// From which age on reads show which status. Before the first row, they show nothing.
type Script = &'static [(Seconds, &'static str)];

const FIRST: Script = &[(3, "PENDING"), (8, "IN_PROGRESS"), (120, "SUCCESSFUL")];
const FIRST_STUCK: Script = &[(3, "PENDING"), (6, "IN_PROGRESS")];
const CANARY: Script = &[(2, "PENDING"), (5, "IN_PROGRESS"), (515, "SUCCESSFUL")];
const STUCK: Script = &[(2, "PENDING"), (5, "IN_PROGRESS")];
const BREAKER: Script = &[
    (2, "PENDING"),
    (5, "IN_PROGRESS"),
    (125, "ROLLBACK_IN_PROGRESS"),
    (185, "ROLLBACK_SUCCESSFUL"),
];
const ALARM: Script = &[
    (2, "PENDING"),
    (5, "IN_PROGRESS"),
    (175, "ROLLBACK_IN_PROGRESS"),
    (235, "ROLLBACK_SUCCESSFUL"),
];
const FAILED_ROLLBACK: Script = &[
    (2, "PENDING"),
    (5, "IN_PROGRESS"),
    (125, "ROLLBACK_IN_PROGRESS"),
    (185, "ROLLBACK_FAILED"),
];
const ROLLED_BACK_UNSEEN: Script = &[(22, "ROLLBACK_SUCCESSFUL")];
const STOPPED_UNSEEN: Script = &[(20, "STOPPED")];
const VANISHED: Script = &[];

/// The age at which tasks run, if they ever do.
const TASKS_RUN: Seconds = 75;
/// The time from the request of a stop or rollback to its start, and to the end of the rollback.
const STOP_STARTS: Seconds = 5;
const ROLLBACK_ENDS: Seconds = 65;
/// The age at which a deployment vanishes.
const VANISHES: Seconds = 20;

impl Deployment {
    fn script(&self) -> Script {
        match (self.source, self.plan) {
            (_, Plan::Vanishes) => VANISHED,
            (_, Plan::StoppedBeforeShown) | (None, Plan::RolledBackBeforeShown) => STOPPED_UNSEEN,
            (None, Plan::Succeed) => FIRST,
            (
                None,
                Plan::NeverComesUp | Plan::BreakerOpens | Plan::AlarmFires | Plan::RollbackFails,
            ) => FIRST_STUCK,
            (Some(_), Plan::Succeed) => CANARY,
            (Some(_), Plan::NeverComesUp) => STUCK,
            (Some(_), Plan::BreakerOpens) => BREAKER,
            (Some(_), Plan::AlarmFires) => ALARM,
            (Some(_), Plan::RollbackFails) => FAILED_ROLLBACK,
            (Some(_), Plan::RolledBackBeforeShown) => ROLLED_BACK_UNSEEN,
        }
    }

    fn age(&self, now: Seconds) -> Seconds {
        now - self.started
    }

    /// The status that reads show; `None` while they do not show the deployment.
    pub fn status(&self, now: Seconds) -> Option<&'static str> {
        let Some((at, cut)) = self.cuts.last().copied() else {
            let listed = (self.listed && self.runs(now)).then_some("PENDING");
            return self.planned_status(self.age(now)).or(listed);
        };
        let since = now - at;
        Some(match cut {
            Cut::Replaced | Cut::ServiceDeleted => "STOPPED",
            Cut::Abort if since < STOP_STARTS => "STOP_REQUESTED",
            Cut::Abort => "STOPPED",
            Cut::Rollback if since < STOP_STARTS => "ROLLBACK_REQUESTED",
            Cut::Rollback if since < ROLLBACK_ENDS => "ROLLBACK_IN_PROGRESS",
            Cut::Rollback => "ROLLBACK_SUCCESSFUL",
        })
    }

    fn planned_status(&self, age: Seconds) -> Option<&'static str> {
        let rows = self.script().iter();
        rows.rev()
            .find(|(from, _)| *from <= age)
            .map(|(_, status)| *status)
    }

    /// The time at which the deployment ends; `None` if it never does.
    pub fn end(&self) -> Option<Seconds> {
        let planned = match (self.plan, self.script().last()) {
            (Plan::Vanishes, _) => Some(VANISHES),
            (_, Some((from, status))) => is_final(status).then_some(*from),
            (_, None) => None,
        };
        match self.cuts.last().copied() {
            None => planned.map(|age| self.started + age),
            Some((at, Cut::Replaced | Cut::ServiceDeleted)) => Some(at),
            Some((at, Cut::Abort)) => Some(at + STOP_STARTS),
            Some((at, Cut::Rollback)) => Some(at + ROLLBACK_ENDS),
        }
    }

    pub fn runs(&self, now: Seconds) -> bool {
        self.end().is_none_or(|end| now < end)
    }

    pub fn succeeded(&self, now: Seconds) -> bool {
        self.status(now) == Some("SUCCESSFUL")
    }

    /// Whether the deployment has ended by a rollback, so that its revision is not active any more.
    pub fn rolled_back(&self, now: Seconds) -> bool {
        matches!(
            self.status(now),
            Some("ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED")
        )
    }

    /// The time at which the revision becomes active; `None` if it never does.
    pub fn appears(&self) -> Option<Seconds> {
        let (age, first) = *self.script().first()?;
        let at = self.started + age;
        let in_time = self.cuts.first().is_none_or(|(cut, _)| at <= *cut);
        (first == "PENDING" && in_time).then_some(at)
    }

    /// The number of tasks of the revision that run.
    pub fn running_tasks(&self, now: Seconds) -> i64 {
        match self.cuts.split_last() {
            None => self.planned_tasks(now),
            Some(((at, Cut::Rollback), _)) if now >= at + STOP_STARTS => 0,
            // Otherwise nothing happens to the tasks any more.
            Some(((at, _), earlier)) => Self {
                cuts: earlier.to_vec(),
                ..self.clone()
            }
            .running_tasks(*at),
        }
    }

    fn planned_tasks(&self, now: Seconds) -> i64 {
        let comes_up = match self.plan {
            Plan::Succeed => true,
            Plan::AlarmFires => self.source.is_some(),
            Plan::NeverComesUp
            | Plan::BreakerOpens
            | Plan::RollbackFails
            | Plan::RolledBackBeforeShown
            | Plan::StoppedBeforeShown
            | Plan::Vanishes => false,
        };
        let status = self.planned_status(self.age(now));
        let rolls_back = status.is_some_and(|status| status.starts_with("ROLLBACK_"));
        i64::from(comes_up && !rolls_back && self.age(now) >= TASKS_RUN)
    }
}

fn is_final(status: &str) -> bool {
    matches!(
        status,
        "SUCCESSFUL" | "STOPPED" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED"
    )
}
