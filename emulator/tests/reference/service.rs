//! A service as the history of what was requested.

use std::collections::VecDeque;

use crate::{
    answers::Name,
    deployment::{Cut, Deployment, Plan, Seconds},
};

/// The answers to choose from that matter here.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub while_deploying: WhileDeploying,
    pub listed: bool,
    pub tail: Seconds,
    pub visible_after: Seconds,
    /// Whether members that a sent block omits keep their value, or get their default.
    pub container_merges: bool,
    pub scaling_merges: bool,
}

/// What happens to an update while a deployment runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileDeploying {
    Replace,
    Queue,
    Refuse,
}

pub const DRAINING: Seconds = 90;
pub const INACTIVE: Seconds = 700;

/// The members of a configuration that the sequences change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Configuration {
    pub path: String,
    pub image: String,
    pub port: i64,
    pub most_tasks: i64,
}

/// The members of an update: a path, a container (an image, and perhaps a port), and a scaling target
/// (perhaps a number of tasks).
#[derive(Debug, Clone, Default)]
pub struct Update {
    pub path: Option<String>,
    pub container: Option<(String, Option<i64>)>,
    pub scaling: Option<Option<i64>>,
}

impl Configuration {
    /// What a create with nothing but an image gives.
    pub fn of(image: &str) -> Self {
        Self {
            path: "/".to_owned(),
            image: image.to_owned(),
            port: 80,
            most_tasks: 20,
        }
    }

    pub fn updated(&self, update: Update, rules: Rules) -> Self {
        let default = Self::of("");
        let or = |merges, kept, default| if merges { kept } else { default };
        let (image, port) = match update.container {
            None => (self.image.clone(), self.port),
            Some((image, port)) => {
                let omitted = or(rules.container_merges, self.port, default.port);
                (image, port.unwrap_or(omitted))
            }
        };
        let most_tasks = update.scaling.map_or(self.most_tasks, |sent| {
            sent.unwrap_or(or(
                rules.scaling_merges,
                self.most_tasks,
                default.most_tasks,
            ))
        });
        Self {
            path: update.path.unwrap_or_else(|| self.path.clone()),
            image,
            port,
            most_tasks,
        }
    }
}

/// A deployment that waits for the running one.
#[derive(Debug, Clone)]
struct Waiting {
    revision: usize,
    plan: Plan,
    listed: bool,
}

#[derive(Debug, Clone)]
pub struct Service {
    express: bool,
    created: Seconds,
    deleted: Option<Seconds>,
    pub tags: Vec<String>,
    pub revisions: Vec<Configuration>,
    /// Those that have started, oldest first.
    deployments: Vec<Deployment>,
    waiting: VecDeque<Waiting>,
    /// Revisions whose deployment was stopped while it waited, before the newest that has started.
    stopped_waiting: Vec<usize>,
}

impl Service {
    pub fn customers(now: Seconds) -> Self {
        Self {
            express: false,
            created: now,
            deleted: None,
            tags: Vec::new(),
            revisions: Vec::new(),
            deployments: Vec::new(),
            waiting: VecDeque::new(),
            stopped_waiting: Vec::new(),
        }
    }

    pub fn express(configuration: Configuration, plan: Plan, rules: Rules, now: Seconds) -> Self {
        let mut service = Self {
            express: true,
            ..Self::customers(now)
        };
        service.deploy(configuration, plan, rules, now);
        service
    }

    pub fn is_express(&self) -> bool {
        self.express
    }

    /// Whether reads see the service. Only a new Express service may take a while.
    pub fn is_visible(&self, rules: Rules, now: Seconds) -> bool {
        !self.express || self.created + rules.visible_after <= now
    }

    pub fn is_purged(&self, now: Seconds) -> bool {
        self.deleted
            .is_some_and(|at| at + DRAINING + INACTIVE <= now)
    }

    pub fn status(&self, now: Seconds) -> &'static str {
        match self.deleted {
            None => "ACTIVE",
            Some(at) if now < at + DRAINING => "DRAINING",
            Some(_) => "INACTIVE",
        }
    }

    pub fn name(&self, rules: Rules, now: Seconds) -> Name {
        let in_tail = self
            .deleted
            .is_some_and(|at| now < at + DRAINING + rules.tail);
        match (self.express, self.status(now), in_tail) {
            (true, "ACTIVE", _) => Name::Active,
            (true, "DRAINING", _) => Name::Draining,
            (true, _, true) => Name::Tail,
            (true, _, false) => Name::Inactive,
            (false, "ACTIVE", _) => Name::CustomerActive,
            (false, "DRAINING", _) => Name::CustomerDraining,
            (false, _, true) => Name::CustomerTail,
            (false, _, false) => Name::CustomerInactive,
        }
    }

    /// Starts the deployments whose turn it is.
    pub fn catch_up(&mut self, now: Seconds) {
        while let Some(end) = self.deployments.last().and_then(Deployment::end)
            && end <= now
            && let Some(next) = self.waiting.pop_front()
        {
            self.start(next, end);
        }
    }

    fn start(&mut self, requested: Waiting, now: Seconds) {
        let Waiting {
            revision,
            plan,
            listed,
        } = requested;
        let source = self.steady(now);
        self.deployments.push(Deployment {
            revision,
            started: now,
            source,
            plan,
            cuts: Vec::new(),
            listed,
        });
    }

    pub fn is_deploying(&self, now: Seconds) -> bool {
        self.deployments.last().is_some_and(|last| last.runs(now))
    }

    pub fn deploy(&mut self, configuration: Configuration, plan: Plan, rules: Rules, now: Seconds) {
        let waits = self.is_deploying(now) && rules.while_deploying == WhileDeploying::Queue;
        let requested = Waiting {
            revision: self.revisions.len(),
            plan,
            listed: waits && rules.listed,
        };
        self.revisions.push(configuration);
        if waits {
            self.waiting.push_back(requested);
        } else {
            self.cut(Cut::Replaced, now);
            self.start(requested, now);
        }
    }

    fn cut(&mut self, cut: Cut, now: Seconds) {
        if let Some(last) = self.deployments.last_mut().filter(|last| last.runs(now)) {
            last.cuts.push((now, cut));
        }
    }

    pub fn delete(&mut self, rules: Rules, now: Seconds) {
        self.cut(Cut::ServiceDeleted, now);
        let waiting = std::mem::take(&mut self.waiting);
        if rules.listed {
            self.stopped_waiting
                .extend(waiting.into_iter().map(|waiting| waiting.revision));
        }
        self.deleted = Some(now);
    }

    /// Stops the newest deployment that reads show. Returns whether it can be stopped.
    pub fn stop(&mut self, aborts: bool, rules: Rules, now: Seconds) -> bool {
        if rules.listed
            && let Some(waiting) = self.waiting.pop_back()
        {
            self.stopped_waiting.push(waiting.revision);
            return true;
        }
        let shown = self.deployments.iter_mut().rev();
        let Some(newest) = shown.into_iter().find(|one| one.status(now).is_some()) else {
            return false;
        };
        let stoppable = matches!(newest.status(now), Some("PENDING" | "IN_PROGRESS"));
        if stoppable {
            // There is nothing to roll back to in a first deployment.
            let cut = if aborts || newest.source.is_none() {
                Cut::Abort
            } else {
                Cut::Rollback
            };
            newest.cuts.push((now, cut));
        }
        stoppable
    }

    /// The revision of the last successful deployment.
    fn steady(&self, now: Seconds) -> Option<usize> {
        let succeeded = self.deployments.iter().rev();
        succeeded
            .into_iter()
            .find(|deployment| deployment.succeeded(now))
            .map(|deployment| deployment.revision)
    }

    /// The configuration that an update changes: what was requested last, unless it has failed.
    pub fn base(&self, now: Seconds) -> Option<&Configuration> {
        let waiting = self.waiting.back().map(|waiting| waiting.revision);
        let last = self.deployments.last();
        let running = last.filter(|last| last.runs(now)).map(|last| last.revision);
        let revision = waiting
            .or(running)
            .or(self.steady(now))
            .or(last.map(|last| last.revision));
        revision.map(|revision| &self.revisions[revision])
    }

    /// The newest deployment whose revision has become active.
    fn appeared(&self, now: Seconds) -> Option<&Deployment> {
        let appeared = |deployment: &&Deployment| deployment.appears().is_some_and(|at| at <= now);
        self.deployments.iter().rev().find(appeared)
    }

    /// The revisions in activeConfigurations: the one that runs and the one that is being deployed.
    pub fn active(&self, now: Seconds) -> Vec<usize> {
        if self.status(now) == "INACTIVE" {
            return Vec::new();
        }
        let Some(newest) = self.appeared(now) else {
            return Vec::new();
        };
        if newest.succeeded(now) {
            return vec![newest.revision];
        }
        // A deployment that was stopped without a rollback leaves both.
        let target = (!newest.rolled_back(now)).then_some(newest.revision);
        newest.source.into_iter().chain(target).collect()
    }

    pub fn running_tasks(&self, now: Seconds) -> i64 {
        if self.deleted.is_some() {
            return 0;
        }
        match self.appeared(now) {
            None => 0,
            Some(newest) if newest.succeeded(now) || newest.rolled_back(now) => 1,
            Some(newest) => i64::from(newest.source.is_some()) + newest.running_tasks(now),
        }
    }

    /// The target of currentDeployment.
    pub fn current(&self, now: Seconds) -> Option<usize> {
        let last = self.deployments.last()?;
        (last.runs(now) && last.status(now).is_some()).then_some(last.revision)
    }

    /// The deployments that reads show, as (revision, status), by revision.
    pub fn shown(&self, rules: Rules, now: Seconds) -> Vec<(usize, String)> {
        let started = self.deployments.iter().filter_map(|deployment| {
            let status = deployment.status(now)?;
            Some((deployment.revision, status.to_owned()))
        });
        let waiting = self
            .waiting
            .iter()
            .filter(|_| rules.listed)
            .map(|waiting| (waiting.revision, "PENDING".to_owned()));
        let stopped = self
            .stopped_waiting
            .iter()
            .map(|revision| (*revision, "STOPPED".to_owned()));
        let mut shown: Vec<(usize, String)> = started.chain(waiting).chain(stopped).collect();
        shown.sort();
        shown
    }
}
