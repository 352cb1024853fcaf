//! The simulator: one loop over all events, in the order of the virtual clock.

mod acts;
mod delivery;
mod failures;
mod faults;
mod outcome;
mod requests;
mod schedule;
mod serving;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use ecs_express_emulator::{Model, Settings as EmulatorSettings, VirtualTime};
use ecs_express_operator::controller::{Requeue, context::Settings};

pub use self::outcome::{Observation, Outcome, RequestMade};
use self::schedule::{Event, Schedule};
use crate::{
    checkers::{self, Checker, Occurrence, View, Violation, truth::Truth},
    coverage::Coverage,
    kubernetes::api_server::{ApiServer, Definition},
    link::{Credentials, START, VirtualClock},
    log::SearchedLog,
    process::{Process, ProcessId, Setup},
    random::Random,
    scenario::Scenario,
    story::{Story, Who},
};

/// What follows after the last step, when nothing disturbs the operator any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calm {
    /// How long everything may take to converge.
    pub convergence: Duration,
    /// How long everything has to stay while idle.
    pub rest: Duration,
}

impl Default for Calm {
    /// What an idle service looks like in detail is read once an hour, and some delays and rollouts come on top; then half an
    /// hour.
    fn default() -> Self {
        Self {
            convergence: Duration::from_secs(5400),
            rest: Duration::from_secs(1800),
        }
    }
}

/// Runs a scenario to its end, or to the first broken invariant.
pub fn run(scenario: &Scenario, story: Story) -> Outcome {
    run_and_calm(scenario, story, Calm::default())
}

/// Runs a scenario to its end with this calm after it, or to the first broken invariant.
pub fn run_and_calm(scenario: &Scenario, story: Story, calm: Calm) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    match runtime {
        Ok(runtime) => {
            let log = SearchedLog::default();
            let run = || runtime.block_on(Simulator::new(scenario, story, calm).run());
            let mut outcome = tracing::subscriber::with_default(log.clone(), run);
            let shown = log.found().map(|what| Violation {
                rule: "no secret value is logged",
                what,
            });
            outcome.violation = outcome.violation.or(shown);
            outcome
        }
        Err(error) => Outcome {
            violation: Some(Violation {
                rule: "the simulation starts",
                what: error.to_string(),
            }),
            story,
            requests: Vec::new(),
            faults_met: 0,
            coverage: Coverage::default(),
            observations: Vec::new(),
            objects: BTreeMap::new(),
        },
    }
}

/// An operator, whose processes come and go.
struct Operator {
    process: Option<Process>,
    starts: u32,
    credentials: Credentials,
    wall_error: Arc<AtomicI64>,
    /// The time until which its watch delivers nothing.
    lags_until: Duration,
}

struct Simulator<'a> {
    scenario: &'a Scenario,
    time: VirtualClock,
    now: Duration,
    schedule: Schedule,
    random: Random,
    api: ApiServer,
    model: Model,
    operators: Vec<Operator>,
    /// How often each fault has been passed by or has met a request.
    met: Vec<u32>,
    /// Whether the API server drops the intents of calls.
    old_definition: bool,
    calm: bool,
    ended: bool,
    read_lag: Duration,
    truth: Truth,
    checkers: Vec<Box<dyn Checker>>,
    violation: Option<Violation>,
    story: Story,
    requests: Vec<RequestMade>,
    faults_met: usize,
    coverage: Coverage,
    observations: Vec<Observation>,
}

impl<'a> Simulator<'a> {
    fn new(scenario: &'a Scenario, story: Story, calm: Calm) -> Self {
        let defaults = EmulatorSettings {
            region: checkers::truth::REGION.into(),
            bake_seconds: 10,
            start_time: u64::try_from(START).unwrap_or_default(),
            ..EmulatorSettings::default()
        };
        let (settings, invalid) = match defaults.with(&scenario.emulator) {
            Ok(settings) => (settings, None),
            Err(error) => (defaults, Some(error)),
        };
        let read_lag = read_lag(&settings);
        let operators = (0..scenario.operators).map(|_| Operator {
            process: None,
            starts: 0,
            credentials: Credentials::Valid(checkers::truth::ACCOUNT.into()),
            wall_error: Arc::default(),
            lags_until: Duration::ZERO,
        });
        let mut world = Self {
            time: VirtualClock::default(),
            now: Duration::ZERO,
            schedule: Schedule::default(),
            random: Random::part(scenario.seed, 1),
            // What only an older schema lets through has to be refused by the operator.
            api: ApiServer::serving(Definition::current().without_transition_rules()),
            model: Model::new(settings),
            operators: operators.collect(),
            met: vec![0; scenario.faults.len()],
            old_definition: false,
            calm: false,
            ended: false,
            read_lag,
            truth: Truth::default(),
            checkers: checkers::all(),
            violation: invalid.map(|what| Violation {
                rule: "the scenario is valid",
                what,
            }),
            story,
            requests: Vec::new(),
            faults_met: 0,
            coverage: Coverage::default(),
            observations: Vec::new(),
            scenario,
        };
        world.schedule_scenario(calm);
        world
    }

    fn schedule_scenario(&mut self, calm: Calm) {
        for operator in 0..self.operators.len() {
            let at = Duration::from_millis(10 * operator as u64);
            self.at(at, Event::Start(operator));
        }
        for (number, step) in self.scenario.steps.iter().enumerate() {
            self.at(step.at, Event::Step(number));
        }
        let from = self.scenario.calm_from();
        self.at(from, Event::Calm);
        self.at(from + calm.convergence, Event::Rest);
        self.at(from + calm.convergence + calm.rest, Event::End);
    }

    fn at(&mut self, at: Duration, event: Event) {
        self.schedule.add(at, event);
    }

    fn after(&mut self, delay: Duration, event: Event) {
        self.at(self.now + delay, event);
    }

    async fn run(mut self) -> Outcome {
        while self.violation.is_none() && !self.ended {
            self.execute();
            if self.violation.is_some() {
                break;
            }
            let Some(next) = self.next() else { break };
            self.advance(next).await;
            while self.violation.is_none()
                && let Some(event) = self.schedule.take_due(self.now)
            {
                self.handle(event);
                self.execute();
            }
        }
        let objects = self.api.objects();
        Outcome {
            objects: objects
                .map(|(key, stored)| (key.to_string(), stored.json.clone()))
                .collect(),
            violation: self.violation,
            story: self.story,
            requests: self.requests,
            faults_met: self.faults_met,
            coverage: self.coverage,
            observations: self.observations,
        }
    }

    /// The time of whatever happens next.
    fn next(&self) -> Option<Duration> {
        let event = self.schedule.next_at();
        let processes = self.operators.iter().filter_map(|operator| {
            let process = operator.process.as_ref()?;
            process
                .frozen_until
                .filter(|until| *until > self.now)
                .or(process.next_due())
        });
        let model = self.model.next_change_at().map(since_start);
        processes
            .chain(event)
            .chain(model)
            .min()
            .map(|at| at.max(self.now))
    }

    async fn advance(&mut self, to: Duration) {
        let span = to.saturating_sub(self.now);
        if span.is_zero()
            && self
                .model
                .next_change_at()
                .is_none_or(|at| since_start(at) > to)
        {
            // The reconciles of this moment still have to execute.
            tokio::task::yield_now().await;
            return;
        }
        self.now = to;
        self.time.set(to);
        tokio::time::advance(span).await;
        let model_now = since_start(self.model.now());
        self.model.advance(to.saturating_sub(model_now));
        self.note();
    }

    /// Notes what is the case.
    fn note(&mut self) {
        self.truth.note(self.now, &self.api, &self.model);
    }

    /// Starts due reconciles, lets all processes execute, and sends what they send.
    fn execute(&mut self) {
        for operator in 0..self.operators.len() {
            let Some(process) = &mut self.operators[operator].process else {
                continue;
            };
            if !process.executes(self.now) {
                continue;
            }
            process.frozen_until = None;
            let id = process.id;
            let started = process.start_due(self.now);
            let ended = process.execute(self.now);
            let sent = process.take_sent();
            for key in &started {
                self.check(&Occurrence::Reconciles { process: id, key });
            }
            for (key, requeue) in ended {
                self.story
                    .tell(self.now, Who::Operator(id), || match requeue {
                        Requeue::After(delay) => format!("{key}: next reconcile after {delay:?}"),
                        Requeue::AwaitChange => format!("{key}: awaits a change"),
                    });
            }
            for sent in sent {
                self.send(id, sent);
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Start(operator) => self.start(operator),
            Event::List(process) => self.list(process),
            Event::Deliver(process) => self.deliver(process),
            Event::Arrive(flight) => self.arrive(*flight),
            Event::Reply(reply) => self.reply(*reply),
            Event::Step(number) => self.act(number),
            Event::Calm => {
                self.make_calm();
                self.check(&Occurrence::Calm);
            }
            Event::Rest => {
                self.story.tell(self.now, Who::Environment, || {
                    "everything should be idle".into()
                });
                self.check(&Occurrence::Rest);
            }
            Event::End => {
                self.check(&Occurrence::End);
                self.ended = true;
            }
        }
    }

    fn start(&mut self, operator: usize) {
        // The program does not start beside a definition that lacks what it stores.
        if self.old_definition {
            self.after(Duration::from_secs(10), Event::Start(operator));
            return;
        }
        let this = &mut self.operators[operator];
        let id = ProcessId {
            operator,
            start: this.starts,
        };
        this.starts += 1;
        let setup = Setup {
            region: checkers::truth::REGION.into(),
            cluster_id: checkers::truth::CLUSTER_ID.into(),
            credentials: this.credentials.clone(),
            settings: Settings::default(),
        };
        let part = 100 + u64::from(id.start) * 10 + id.operator as u64;
        let random = Random::part(self.scenario.seed, part);
        this.process = Some(Process::start(
            id,
            &setup,
            &self.time,
            this.wall_error.clone(),
            random,
        ));
        self.story
            .tell(self.now, Who::Operator(id), || "starts".into());
        self.after(Duration::from_millis(20), Event::List(id));
    }

    /// Kills the operator's process and starts another after a time.
    fn kill(&mut self, operator: usize, down: Duration) {
        let Some(process) = self.operators[operator].process.take() else {
            return;
        };
        self.story
            .tell(self.now, Who::Operator(process.id), || "dies".into());
        self.check(&Occurrence::Died {
            process: process.id,
        });
        self.after(down, Event::Start(operator));
    }

    /// The process with this id, if it lives.
    fn process(&mut self, id: ProcessId) -> Option<&mut Process> {
        let process = self.operators.get_mut(id.operator)?.process.as_mut()?;
        (process.id == id).then_some(process)
    }

    /// Lets every checker look at what happened.
    fn check(&mut self, occurrence: &Occurrence<'_>) {
        if self.violation.is_some() {
            return;
        }
        self.truth.note(self.now, &self.api, &self.model);
        let view = View {
            now: self.now,
            truth: &self.truth,
            api: &self.api,
            read_lag: self.read_lag,
            disturbed: !self.calm && !self.scenario.faults.is_empty(),
            settled: self.model.next_change_at().is_none(),
            objects: &self.scenario.objects,
        };
        for checker in &mut self.checkers {
            if let Some(violation) = checker.check(occurrence, &view) {
                self.story.tell(self.now, Who::Environment, || {
                    format!("VIOLATION: {}: {}", violation.rule, violation.what)
                });
                self.violation = Some(violation);
                return;
            }
        }
    }
}

/// Time since the start of the run.
fn since_start(time: VirtualTime) -> Duration {
    let milliseconds = (time.epoch_seconds() * 1000.0).round() as i64 - START * 1000;
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}

/// How long reads of ECS may lag behind with these settings.
fn read_lag(settings: &EmulatorSettings) -> Duration {
    let reads = settings.read_lag_seconds.values();
    let members = settings.member_lag_seconds.values();
    let longest = reads
        .chain(members)
        .chain([&settings.create_visible_seconds])
        .max();
    Duration::from_secs(longest.copied().unwrap_or_default())
}
