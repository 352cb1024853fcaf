//! The comparison of the model with the description.

use std::collections::{BTreeMap, VecDeque};

use ecs_express_emulator::{Caller, Change, Model, Outcome, ServiceArn, Settings};
use proptest::{
    prop_assert_eq,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    answers::{Call, Name, answer},
    deployment::{Plan, Seconds},
    observation::{Observer, Rejection, expected, known_part, rejection},
    sequences::{Clock, NAMES, Sequence, Step, sequence},
    service::{Configuration, INACTIVE, Rules, Service, Update, WhileDeploying},
};

const IN_PROGRESS: &str = "Unable to update the service while a service deployment is in progress.";

/// The model and the description side by side.
struct Comparison {
    model: Model,
    caller: Caller,
    rules: Rules,
    clock: Clock,
    now: Seconds,
    services: BTreeMap<usize, Service>,
    plans: BTreeMap<usize, VecDeque<Plan>>,
}

impl Comparison {
    fn new(rules: Rules, clock: Clock) -> Self {
        let members = |merges| if merges { "Merge" } else { "Replace" };
        let settings = json!({
            "omittedContainerMembers": members(rules.container_merges),
            "omittedScalingMembers": members(rules.scaling_merges),
            "clusters": ["default"],
            "inactiveSeconds": INACTIVE,
            "drainingTailSeconds": rules.tail,
            "createVisibleSeconds": rules.visible_after,
            "queuedDeployments": if rules.listed { "Listed" } else { "Hidden" },
            "updateInDeployment": match rules.while_deploying {
                WhileDeploying::Replace => "Replace",
                WhileDeploying::Queue => "Queue",
                WhileDeploying::Refuse => "Refuse",
            },
        });
        Self {
            model: Model::new(Settings::default().with(&settings).unwrap()),
            caller: Caller {
                account: "123456789012".to_owned(),
                region: "us-east-1".to_owned(),
            },
            rules,
            clock,
            now: 0,
            services: BTreeMap::new(),
            plans: BTreeMap::new(),
        }
    }

    fn arn(&self, name: usize) -> String {
        ServiceArn::new(&self.caller, "default", NAMES[name]).to_string()
    }

    /// The state of a name, as modifying calls see it.
    fn name(&self, name: usize) -> Name {
        let service = self.services.get(&name);
        service.map_or(Name::Free, |service| service.name(self.rules, self.now))
    }

    fn advance(&mut self, seconds: Seconds) {
        let until = self.model.now().after_seconds(seconds);
        let next = |model: &Model| model.next_change_at().filter(|at| *at <= until);
        while self.clock == Clock::FromChangeToChange
            && let Some(at) = next(&self.model)
        {
            self.model.advance(at.since(self.model.now()));
        }
        self.model.advance(until.since(self.model.now()));
        self.now += seconds;
        let now = self.now;
        self.services.retain(|_, service| !service.is_purged(now));
        for service in self.services.values_mut() {
            service.catch_up(now);
        }
    }

    /// Takes a step in both, and returns both answers.
    fn take(&mut self, name: usize, step: &Step) -> [Result<(), Rejection>; 2] {
        match step {
            Step::Create => self.create(name),
            Step::Update(update) => self.update(name, update.clone()),
            Step::ForceDeployment => self.force_deployment(name),
            Step::Delete => {
                let body = json!({ "serviceArn": self.arn(name) });
                let real = self.call(Call::Delete, "DeleteExpressGatewayService", &body);
                let expected = rejection(answer(Call::Delete, self.name(name)));
                if expected.is_ok() {
                    self.delete(name);
                }
                [real, expected]
            }
            Step::Stop { aborts } => self.stop(name, *aborts),
            Step::Tag(key) => self.tag(name, *key),
            Step::Plan(plan) => {
                self.model.set_outcome(NAMES[name], outcome(*plan), None);
                self.plans.entry(name).or_default().push_back(*plan);
                [Ok(()), Ok(())]
            }
            Step::CreateCustomers => {
                let real = self.change(Call::Create, Change::Customer(NAMES[name].into()));
                let expected = rejection(answer(Call::Create, self.name(name)));
                if expected.is_ok() {
                    self.services.insert(name, Service::customers(self.now));
                }
                [real, expected]
            }
            Step::DeleteByAnother => self.delete_by_another(name),
            Step::Purge => {
                let purged = self.model.change(Change::Purge(NAMES[name].into()));
                let expected = self.services.remove(&name);
                assert_eq!(purged.is_ok(), expected.is_some());
                [Ok(()), Ok(())]
            }
        }
    }

    fn call(&mut self, call: Call, action: &str, body: &Value) -> Result<(), Rejection> {
        let answer = self.model.call(&self.caller, action, body);
        answer
            .map(drop)
            .map_err(|error| known_part(call, &error.code, &error.message))
    }

    fn change(&mut self, call: Call, change: Change) -> Result<(), Rejection> {
        let changed = self.model.change(change);
        changed.map_err(|error| known_part(call, &error.code, &error.message))
    }

    fn next_plan(&mut self, name: usize) -> Plan {
        let planned = self.plans.get_mut(&name).and_then(VecDeque::pop_front);
        planned.unwrap_or(Plan::Succeed)
    }

    fn create(&mut self, name: usize) -> [Result<(), Rejection>; 2] {
        let body = json!({
            "serviceName": NAMES[name],
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "primaryContainer": { "image": "registry.example/image:0" },
        });
        let real = self.call(Call::Create, "CreateExpressGatewayService", &body);
        let expected = rejection(answer(Call::Create, self.name(name)));
        if expected.is_ok() {
            let configuration = Configuration::of("registry.example/image:0");
            let plan = self.next_plan(name);
            let service = Service::express(configuration, plan, self.rules, self.now);
            self.services.insert(name, service);
        }
        [real, expected]
    }

    fn update(&mut self, name: usize, update: Update) -> [Result<(), Rejection>; 2] {
        let mut body = json!({ "serviceArn": self.arn(name) });
        if let Some(path) = &update.path {
            body["healthCheckPath"] = json!(path);
        }
        if let Some((image, port)) = &update.container {
            body["primaryContainer"] = json!({ "image": image, "containerPort": port });
        }
        if let Some(most_tasks) = &update.scaling {
            body["scalingTarget"] = json!({ "maxTaskCount": most_tasks });
        }
        let real = self.call(Call::Update, "UpdateExpressGatewayService", &body);
        let expected = self.deploy(name, Call::Update, update);
        [real, expected]
    }

    fn force_deployment(&mut self, name: usize) -> [Result<(), Rejection>; 2] {
        let body = json!({ "service": NAMES[name], "forceNewDeployment": true });
        let real = self.call(Call::ForceDeployment, "UpdateService", &body);
        let expected = self.deploy(name, Call::ForceDeployment, Update::default());
        [real, expected]
    }

    /// Deploys in the description.
    fn deploy(&mut self, name: usize, call: Call, update: Update) -> Result<(), Rejection> {
        rejection(answer(call, self.name(name)))?;
        let (rules, now) = (self.rules, self.now);
        let service = &self.services[&name];
        if rules.while_deploying == WhileDeploying::Refuse && service.is_deploying(now) {
            return Err(("ClientException".to_owned(), IN_PROGRESS.to_owned()));
        }
        let base = service.base(now).unwrap();
        let configuration = base.updated(update, rules);
        let plan = self.next_plan(name);
        let service = self.services.get_mut(&name).unwrap();
        service.deploy(configuration, plan, rules, now);
        Ok(())
    }

    fn delete(&mut self, name: usize) {
        let service = self.services.get_mut(&name).unwrap();
        service.delete(self.rules, self.now);
    }

    /// Stops the deployment that ListServiceDeployments shows first, if it shows one.
    fn stop(&mut self, name: usize, aborts: bool) -> [Result<(), Rejection>; 2] {
        let list = json!({ "service": self.arn(name) });
        let list = self
            .model
            .call(&self.caller, "ListServiceDeployments", &list);
        let first = list.ok().and_then(|list| {
            let arn = list.pointer("/serviceDeployments/0/serviceDeploymentArn")?;
            arn.as_str().map(str::to_owned)
        });
        let Some(arn) = first else {
            return [Ok(()), Ok(())];
        };
        let stop_type = if aborts { "ABORT" } else { "ROLLBACK" };
        let body = json!({ "serviceDeploymentArn": arn, "stopType": stop_type });
        let real = self
            .model
            .call(&self.caller, "StopServiceDeployment", &body)
            .map(drop)
            .map_err(|error| (error.code, String::new()));
        let (rules, now) = (self.rules, self.now);
        let service = self.services.get_mut(&name).unwrap();
        let expected = if service.stop(aborts, rules, now) {
            Ok(())
        } else {
            Err(("ConflictException".to_owned(), String::new()))
        };
        [real, expected]
    }

    fn tag(&mut self, name: usize, key: u8) -> [Result<(), Rejection>; 2] {
        let key = format!("key-{key}");
        let body = json!({
            "resourceArn": self.arn(name), "tags": [{ "key": key, "value": "" }],
        });
        let real = self.call(Call::Tag, "TagResource", &body);
        let (rules, now) = (self.rules, self.now);
        let seen = self.services.get_mut(&name);
        let mut seen = seen.filter(|service| service.is_visible(rules, now));
        let state = seen
            .as_ref()
            .map_or(Name::Free, |service| service.name(rules, now));
        let expected = rejection(answer(Call::Tag, state));
        if let (Ok(()), Some(service)) = (&expected, &mut seen)
            && !service.tags.contains(&key)
        {
            service.tags.push(key);
        }
        [real, expected]
    }

    /// Deletes a service of either kind, for which the same states matter.
    fn delete_by_another(&mut self, name: usize) -> [Result<(), Rejection>; 2] {
        let real = self.change(Call::Delete, Change::Delete(NAMES[name].into()));
        let state = match self.name(name) {
            Name::CustomerActive => Name::Active,
            Name::CustomerDraining => Name::Draining,
            Name::CustomerTail => Name::Tail,
            Name::CustomerInactive => Name::Inactive,
            express => express,
        };
        let expected = rejection(answer(Call::Delete, state));
        if expected.is_ok() {
            self.delete(name);
        }
        [real, expected]
    }

    /// Compares everything that can be observed of a name.
    fn compare(&mut self, name: usize) -> Result<(), TestCaseError> {
        let seen = Observer {
            model: &mut self.model,
            caller: &self.caller,
            name: NAMES[name],
        }
        .observe();
        let expected = expected(self.services.get(&name), self.rules, self.now);
        prop_assert_eq!(seen, expected, "{} after {} s", NAMES[name], self.now);
        Ok(())
    }
}

fn outcome(plan: Plan) -> Outcome {
    match plan {
        Plan::Succeed => Outcome::Succeed,
        Plan::NeverComesUp => Outcome::NeverComesUp,
        Plan::BreakerOpens => Outcome::RollBackByCircuitBreaker,
        Plan::AlarmFires => Outcome::RollBackByAlarm,
        Plan::RollbackFails => Outcome::RollbackFails,
        Plan::RolledBackBeforeShown => Outcome::RollBackBeforeShown,
        Plan::StoppedBeforeShown => Outcome::StopBeforeShown,
        Plan::Vanishes => Outcome::Vanish,
    }
}

fn compare(sequence: &Sequence) -> Result<(), TestCaseError> {
    let mut comparison = Comparison::new(sequence.rules, sequence.clock);
    for (name, step, seconds) in &sequence.steps {
        let [real, expected] = comparison.take(*name, step);
        let now = comparison.now;
        prop_assert_eq!(
            real,
            expected,
            "{:?} on {} after {} s",
            step,
            NAMES[*name],
            now
        );
        comparison.compare(*name)?;
        if *seconds > 0 {
            comparison.advance(*seconds);
            for name in 0..NAMES.len() {
                comparison.compare(name)?;
            }
        }
    }
    Ok(())
}

/// `PROPTEST_CASES` sets another number of sequences. They are the same in each run, so that a failure
/// repeats; it is reduced to a short sequence.
#[test]
fn the_model_and_an_independent_description_agree_in_random_sequences() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let config = Config {
        cases: cases.map_or(1000, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let compared = runner.run(&sequence(), |sequence| compare(&sequence));
    if let Err(disagreement) = compared {
        panic!("{disagreement}");
    }
}
