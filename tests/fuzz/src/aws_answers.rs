//! Answers of ECS and STS to every call of the operator, parsed by the SDK and the adapter.

use ecs_express_operator::{
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::object::Desired,
        observed::{
            failure::{Effect, Failure},
            service::{Observed, Service},
        },
        redaction::redact::Redactor,
    },
    ecs::{Ecs, ServiceRecord, aws::AwsEcs},
};
use serde_json::Value;

use crate::{
    scene::{self, CANARY, REVISION},
    wire::{Answer, Answers, Aws, block_on},
};

/// Longest text of AWS that is reported, with its mark.
const LONGEST: usize = 701;
/// Requests for a read, with the SDK's own attempts.
const READ_ATTEMPTS: usize = 3;

/// The input is the answer to each action. Bytes that are none are the answer to all of them.
pub fn run(bytes: &[u8]) {
    let answers = serde_json::from_slice::<Answers>(bytes).unwrap_or_else(|_| {
        let answer = Answer::of_text(String::from_utf8_lossy(bytes).into_owned());
        ACTIONS
            .map(|action| (action.to_owned(), answer.clone()))
            .into()
    });
    let aws = Aws::default();
    aws.answer(answers.clone());
    let ecs = aws.adapter();
    let desired = Desired::parse(&scene::object(), &scene::operator());
    block_on(async {
        reads(&ecs, &desired, &answers).await;
        changes(&ecs, &desired, &answers).await;
    });
    let seen = aws.take_seen();
    for action in ACTIONS {
        let sent = seen.iter().filter(|seen| seen.action == action).count();
        let is_read = ["Describe", "List", "Get"]
            .iter()
            .any(|verb| action.starts_with(verb));
        // Each request names the service of the object; a Create asks for the caller once more.
        let most = if is_read { 2 * READ_ATTEMPTS } else { 1 };
        assert!(sent <= most, "{action} was sent {sent} times");
    }
}

const ACTIONS: [&str; 12] = [
    "GetCallerIdentity",
    "DescribeExpressGatewayService",
    "DescribeServices",
    "ListServiceDeployments",
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "ListTagsForResource",
    "CreateExpressGatewayService",
    "UpdateExpressGatewayService",
    "DeleteExpressGatewayService",
    "TagResource",
    "UntagResource",
];

async fn reads(ecs: &AwsEcs, desired: &Desired, answers: &Answers) {
    let (arn, redactor) = (&desired.arn, &Redactor::of(&desired.configuration));
    let answer = |action: &str| answers.get(action);
    if let Ok(caller) = ecs.caller().await {
        let answer = answer("GetCallerIdentity").unwrap();
        assert!(answer.status < 400 && !caller.account.is_empty());
    }
    let reported = answer("DescribeExpressGatewayService");
    match ecs.describe(arn, redactor).await {
        Observed::Present(service) => {
            assert_eq!(service.arn, *arn, "the answer is about another service");
            check_service(&service, reported.unwrap());
        }
        Observed::Missing(_) => {
            assert!(
                reported.is_some_and(may_say_missing),
                "{reported:?} is no absence"
            );
        }
        Observed::Unreadable(failure) => check(&failure),
        Observed::NotAsked => panic!("it was asked"),
    }
    let reported = answer("DescribeServices");
    match ecs.service(arn, redactor).await {
        Ok(ServiceRecord::Missing | ServiceRecord::Inactive) => {
            assert!(
                reported.is_some_and(may_say_missing),
                "{reported:?} is no absence"
            );
        }
        Ok(ServiceRecord::Live(_)) => assert!(!is_about_another(reported.unwrap(), "/services/0")),
        Err(failure) => check(&failure),
    }
    let read = [
        ecs.deployments(arn, redactor).await.map(drop),
        ecs.managed_resources(arn, REVISION, redactor)
            .await
            .map(drop),
        ecs.tags(arn, redactor).await.map(drop),
    ];
    for failure in read.iter().filter_map(|read| read.as_ref().err()) {
        check(failure);
    }
}

async fn changes(ecs: &AwsEcs, desired: &Desired, answers: &Answers) {
    let (arn, redactor) = (desired.arn.clone(), &Redactor::of(&desired.configuration));
    let configuration = desired.configuration.clone();
    let create = CreateRequest {
        arn: arn.clone(),
        infrastructure_role_arn: desired.infrastructure_role_arn.clone(),
        configuration: configuration.clone(),
        tags: desired.tags(),
    };
    let update = UpdateRequest {
        arn: arn.clone(),
        configuration,
        cleared: [].into(),
    };
    let tags = desired.tags();
    let untag = UntagRequest {
        arn: arn.clone(),
        keys: tags.keys().cloned().collect(),
    };
    let tag = TagRequest {
        arn: arn.clone(),
        tags,
    };
    let results = [
        ("Create", ecs.create(&create, redactor).await.map(drop)),
        ("Update", ecs.update(&update, redactor).await.map(drop)),
        ("Delete", ecs.delete(&arn, redactor).await),
        ("Tag", ecs.tag(&tag, redactor).await),
        ("Untag", ecs.untag(&untag, redactor).await),
    ];
    for (verb, result) in results {
        let Err(failure) = result else { continue };
        check(&failure);
        let reported = answers.iter().find(|(action, _)| action.starts_with(verb));
        let lost = reported.is_none_or(|(_, answer)| answer.status >= 500 || answer.status < 400);
        let sent = failure.operation.starts_with(verb) && failure.code != "CredentialsChanged";
        let throttled = failure.code.contains("hrottl") || is_throttle(&failure);
        if lost && sent && !throttled {
            assert_eq!(failure.effect, Effect::Unknown, "{failure:?}");
        }
    }
}

/// Whether the code is one with which AWS says that it did nothing, whatever the HTTP status.
fn is_throttle(failure: &Failure) -> bool {
    format!("{:?}", failure.kind) == "Throttled"
}

fn check_service(service: &Service, reported: &Answer) {
    assert!(reported.status < 400);
    let reason = service.reason.as_deref().unwrap_or_default();
    check_text(reason);
}

fn check(failure: &Failure) {
    check_text(&failure.message);
    assert!(failure.code.len() < 4 * LONGEST, "{failure:?}");
}

fn check_text(text: &str) {
    assert!(!text.contains(CANARY), "{text}");
    assert!(text.chars().count() <= LONGEST, "{text}");
}

/// Whether an answer can mean that the service is missing. This knows less than the adapter: it must name one of the
/// ways in which ECS says so.
fn may_say_missing(answer: &Answer) -> bool {
    let text = answer.body().to_ascii_lowercase();
    // Escapes can spell each of the words; the headers have the code as well.
    let hidden = text.contains("\\u") || answer.body().is_empty();
    let words = ["inactive", "not found", "notfound", "missing"];
    let says_so = words.iter().any(|word| text.contains(word)) || hidden;
    let about_another =
        is_about_another(answer, "/service") || is_about_another(answer, "/services/0");
    answer.status < 500 && says_so && !(answer.status < 400 && about_another)
}

/// Whether a part of an answer clearly has the ARN of another service.
fn is_about_another(answer: &Answer, pointer: &str) -> bool {
    // An answer that has a member twice is ambiguous.
    if answer.body().matches("\"serviceArn\"").count() != 1 {
        return false;
    }
    let Ok(body) = serde_json::from_str::<Value>(answer.body()) else {
        return false;
    };
    let arn = body.pointer(pointer).map(|service| &service["serviceArn"]);
    arn.and_then(Value::as_str)
        .is_some_and(|arn| arn != scene::SERVICE_ARN)
}
