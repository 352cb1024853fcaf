//! The simulation's port to ECS gives the same values of the core as the adapter on the AWS SDK, and sends the same
//! requests.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use aws_credential_types::{Credentials as Keys, provider::SharedCredentialsProvider};
use ecs_express_emulator::{Caller, Change, Emulator, Fault, Model, Outcome, Settings};
use ecs_express_operator::{
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::{
            configuration::{Configuration, Container, Scaling},
            field::Field,
            identity::ServiceArn,
            redacted::Redacted,
        },
        observed::service::Observed,
        redaction::redact::Redactor,
    },
    ecs::{
        Ecs,
        aws::{AwsEcs, Timeouts},
    },
};
use serde_json::{Value, json};
use simulation::{
    ecs::ModelEcs,
    link::{Credentials, Link},
    request::{Answer, AwsError, Request},
};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

fn arn() -> ServiceArn {
    format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/default/team-a_shop")
        .parse()
        .unwrap()
}

/// Both ports over one emulator.
struct Both {
    emulator: Emulator,
    sdk: AwsEcs,
    link: Arc<Link>,
    port: ModelEcs,
    redactor: Redactor,
}

impl Both {
    async fn new(settings: Value) -> Self {
        let defaults = Settings {
            time_scale: 0.0,
            region: REGION.into(),
            bake_seconds: 10,
            ..Settings::default()
        };
        let emulator = Emulator::start(defaults.with(&settings).unwrap())
            .await
            .unwrap();
        let keys = Keys::new("AKIDEXAMPLE", "secret", None, None, "test");
        let config = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .endpoint_url(emulator.url())
            .region(aws_config::Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build();
        let link = Arc::new(Link::new(Credentials::Valid(ACCOUNT.into())));
        Self {
            sdk: AwsEcs::from_sdk_config(config, Timeouts::default()).unwrap(),
            port: ModelEcs::new(link.clone(), REGION),
            link,
            emulator,
            redactor: Redactor::nothing_hidden(),
        }
    }

    /// Executes a call of the simulation's port on a model.
    fn on<T>(&self, model: &mut Model, call: impl Future<Output = T>) -> T {
        let mut call = pin!(call);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(answer) = call.as_mut().poll(&mut context) {
                return answer;
            }
            for sent in self.link.take_sent() {
                let Request::Aws {
                    action,
                    account,
                    region,
                    body,
                } = &sent.request
                else {
                    panic!("not a call to AWS");
                };
                let caller = Caller {
                    account: account.clone(),
                    region: region.clone(),
                };
                let answer = model.serve(&caller, action, body).answer;
                let answer = answer.map_err(|error| AwsError::Refused {
                    code: Some(error.code),
                    message: error.message,
                    status: error.status,
                });
                sent.reply.send(Answer::Aws(answer)).unwrap();
            }
        }
    }

    fn twin(&self) -> Model {
        self.emulator.with_model(|model| model.clone())
    }

    /// All reads give the same.
    async fn same_reads(&self, when: &str) {
        let (arn, redactor) = (arn(), &self.redactor);
        let mut twin = self.twin();
        let observed = self.on(&mut twin, self.port.describe(&arn, redactor));
        assert_eq!(observed, self.sdk.describe(&arn, redactor).await, "{when}");
        let record = self.on(&mut twin, self.port.service(&arn, redactor));
        assert_eq!(record, self.sdk.service(&arn, redactor).await, "{when}");
        let tags = self.on(&mut twin, self.port.tags(&arn, redactor));
        assert_eq!(tags, self.sdk.tags(&arn, redactor).await, "{when}");
        let deployments = self.on(&mut twin, self.port.deployments(&arn, redactor));
        assert_eq!(
            deployments,
            self.sdk.deployments(&arn, redactor).await,
            "{when}"
        );
        let revisions = match &observed {
            Observed::Present(service) => service.revisions.clone(),
            Observed::NotAsked | Observed::Unreadable(_) | Observed::Missing(_) => Vec::new(),
        };
        for revision in revisions {
            let call = self.port.managed_resources(&arn, &revision.arn, redactor);
            let resources = self.on(&mut twin, call);
            let call = self.sdk.managed_resources(&arn, &revision.arn, redactor);
            assert_eq!(resources, call.await, "{when}");
        }
    }

    /// The last requests of both are the same.
    fn same_request(&self, twin: &Model, when: &str) {
        let last = |calls: Vec<ecs_express_emulator::Call>| {
            let call = calls.into_iter().next_back().unwrap();
            (call.action, call.request, call.code)
        };
        let sent = self.emulator.with_model(|model| last(model.last_calls(1)));
        assert_eq!(last(twin.last_calls(1)), sent, "{when}");
    }

    async fn create(&self, request: &CreateRequest, when: &str) {
        let mut twin = self.twin();
        let by_model = self.on(&mut twin, self.port.create(request, &self.redactor));
        let by_sdk = self.sdk.create(request, &self.redactor).await;
        assert_eq!(by_model, by_sdk, "{when}");
        self.same_request(&twin, when);
    }

    async fn update(&self, request: &UpdateRequest, when: &str) {
        let mut twin = self.twin();
        let by_model = self.on(&mut twin, self.port.update(request, &self.redactor));
        let by_sdk = self.sdk.update(request, &self.redactor).await;
        // The revisions have random names.
        let shape = |answer: &Result<ecs_express_operator::ecs::Updated, _>| {
            answer.clone().map(|updated| updated.revision.is_some())
        };
        assert_eq!(shape(&by_model), shape(&by_sdk), "{when}");
        self.same_request(&twin, when);
    }

    async fn delete(&self, when: &str) {
        let mut twin = self.twin();
        let by_model = self.on(&mut twin, self.port.delete(&arn(), &self.redactor));
        assert_eq!(
            by_model,
            self.sdk.delete(&arn(), &self.redactor).await,
            "{when}"
        );
        self.same_request(&twin, when);
    }

    async fn tag(&self, when: &str) {
        let tags = BTreeMap::from([("team".to_owned(), "a".to_owned())]);
        let request = TagRequest { arn: arn(), tags };
        let mut twin = self.twin();
        let by_model = self.on(&mut twin, self.port.tag(&request, &self.redactor));
        assert_eq!(
            by_model,
            self.sdk.tag(&request, &self.redactor).await,
            "{when}"
        );
        self.same_request(&twin, when);
        let keys = BTreeSet::from(["team".to_owned()]);
        let request = UntagRequest { arn: arn(), keys };
        let mut twin = self.twin();
        let by_model = self.on(&mut twin, self.port.untag(&request, &self.redactor));
        assert_eq!(
            by_model,
            self.sdk.untag(&request, &self.redactor).await,
            "{when}"
        );
        self.same_request(&twin, when);
    }
}

fn configuration(image: &str) -> Configuration {
    let value = |text: &str| Redacted::new(text);
    Configuration {
        execution_role_arn: Some("arn:aws:iam::123456789012:role/exec".into()),
        container: Some(Container {
            image: image.into(),
            container_port: Some(8080),
            command: vec![value("serve")],
            environment: BTreeMap::from([("B".into(), value("2")), ("A".into(), value("1"))]),
            ..Container::default()
        }),
        health_check_path: Some("/health".into()),
        scaling: Scaling {
            min_task_count: Some(1),
            max_task_count: Some(4),
            ..Scaling::default()
        },
        ..Configuration::default()
    }
}

fn creation() -> CreateRequest {
    let owner = |key: &str, value: &str| (format!("ecs-express.dev/{key}"), value.to_owned());
    CreateRequest {
        arn: arn(),
        infrastructure_role_arn: "arn:aws:iam::123456789012:role/infra".into(),
        configuration: configuration("shop:1"),
        tags: BTreeMap::from([owner("cluster-id", "cluster-1"), owner("name", "shop")]),
    }
}

fn update(image: &str, cleared: BTreeSet<Field>) -> UpdateRequest {
    UpdateRequest {
        arn: arn(),
        configuration: configuration(image),
        cleared,
    }
}

#[tokio::test]
async fn both_ports_give_the_same_over_the_life_of_a_service_in_every_form_of_the_answers() {
    for settings in [
        json!({}),
        json!({"emptyForm": "Omitted", "endpointForm": "HostThenUrl", "clusterForm": "Arn"}),
        json!({"notFoundForm": "InvalidParameter", "statusReasons": "Everywhere"}),
        json!({"statusReasons": "Nowhere", "revisionDetail": "Partial", "queuedDeployments": "Listed",
            "updateInDeployment": "Queue"}),
    ] {
        let mut settings = settings;
        // Both ask, so the order must not change with each read.
        settings["configurationOrder"] = json!("NewestFirst");
        let both = Both::new(settings.clone()).await;
        both.same_reads("before the create").await;
        both.update(&update("shop:0", BTreeSet::new()), "without a service")
            .await;
        both.create(&creation(), "create").await;
        both.create(&creation(), "create again").await;
        follow(&both, "create").await;
        both.tag("tags").await;
        both.update(
            &update("shop:2", BTreeSet::from([Field::SecurityGroups])),
            "update",
        )
        .await;
        both.update(&update("shop:3", BTreeSet::new()), "update in a deployment")
            .await;
        follow(&both, "update").await;
        let outcome = Outcome::RollBackByAlarm;
        both.emulator
            .with_model(|model| model.set_outcome("team-a_shop", outcome, None));
        both.update(
            &update("shop:4", BTreeSet::new()),
            "update that is rolled back",
        )
        .await;
        follow(&both, "rollback").await;
        let failing = json!({
            "service": "team-a_shop",
            "fail": {"resource": "LoadBalancer", "reason": "quota exceeded"},
        });
        both.emulator
            .change(Change::from_wire(&failing).unwrap())
            .unwrap();
        both.same_reads("after a resource failed").await;
        both.delete("delete").await;
        both.delete("delete again").await;
        both.tag("tags while draining").await;
        follow(&both, "delete").await;
        both.emulator.advance(Duration::from_secs(4000));
        both.same_reads("after the record is purged").await;
        both.delete("delete without a service").await;
    }
}

async fn follow(both: &Both, what: &str) {
    for step in 0..40 {
        both.same_reads(&format!("{what}, step {step}")).await;
        both.emulator.advance(Duration::from_secs(4));
    }
}

#[tokio::test]
async fn both_ports_classify_the_errors_of_ecs_alike() {
    let both = Both::new(json!({"configurationOrder": "NewestFirst"})).await;
    both.create(&creation(), "create").await;
    for (code, message) in [
        ("ThrottlingException", "Rate exceeded"),
        ("AccessDeniedException", "User is not authorized"),
        ("AccessDeniedException", "Cannot assume role"),
        ("ClientException", "Something went wrong"),
        ("InvalidParameterException", "A parameter is invalid"),
        (
            "InvalidParameterException",
            "Creation of service was not idempotent.",
        ),
        ("ClusterNotFoundException", "Cluster not found."),
        ("ServiceNotActiveException", "Service is in DRAINING status"),
        ("ServiceNotFoundException", "Service not found."),
        ("ServerException", ""),
        ("NewException", "An error that this version does not know"),
    ] {
        both.emulator.with_model(|model| {
            model.fail_next(Fault::new("UpdateExpressGatewayService", code, message));
        });
        both.update(&update("shop:2", BTreeSet::new()), code).await;
        both.emulator.with_model(|model| {
            model.fail_next(Fault::new("DeleteExpressGatewayService", code, message));
        });
        both.delete(code).await;
        both.emulator.with_model(Model::clear_faults);
    }
}
