//! The exact JSON of each mutating call, and the Region that it is sent to.

use std::collections::BTreeSet;

use ecs_express_operator::{
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::{
            configuration::{Configuration, Network},
            field::Field,
        },
    },
    ecs::{Created, Ecs, Updated},
};
use serde_json::{Value, json};

use crate::{
    fixture::{
        ARN, INFRASTRUCTURE, REVISION, SECRET, adapter, arn, create, everything, image_alone,
        nothing_hidden,
    },
    loopback::{Loopback, ok},
};

/// The members that Create and Update of [`everything`] have in common.
fn everything_on_the_wire() -> Value {
    json!({
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "nginx:1",
            "containerPort": 8080,
            "awsLogsConfiguration": { "logGroup": "/shop", "logStreamPrefix": "web" },
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:r"
            },
            "command": ["serve", "--all"],
            "environment": [{ "name": "A", "value": SECRET }, { "name": "B", "value": "2" }],
            "secrets": [{ "name": "TOKEN", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:p/t" }],
        },
        "healthCheckPath": "/health",
        "networkConfiguration": {
            "securityGroups": ["sg-1", "sg-2"],
            "subnets": ["subnet-1", "subnet-2"],
        },
        "cpu": "1 vCPU",
        "memory": "2 GB",
        "cpuArchitecture": "ARM64",
        "scalingTarget": {
            "minTaskCount": 0,
            "maxTaskCount": 5,
            "autoScalingMetric": "AVERAGE_MEMORY",
            "autoScalingTargetValue": 70,
        },
    })
}

fn with(mut body: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[tokio::test]
async fn create_sends_everything_that_is_set_in_the_order_of_names() {
    let server = Loopback::of_account(|_| ok(json!({ "service": { "createdAt": 1764021600.75 } })));
    let tags = [
        ("team".to_owned(), "a".to_owned()),
        ("app".into(), String::new()),
    ];
    let request = CreateRequest {
        tags: tags.into(),
        ..create(everything())
    };
    let created = adapter(&server)
        .create(&request, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(
        server.sole_request().body,
        with(
            everything_on_the_wire(),
            json!({
                "infrastructureRoleArn": INFRASTRUCTURE,
                "cluster": "web",
                "serviceName": "shop",
                "tags": [{ "key": "app", "value": "" }, { "key": "team", "value": "a" }],
            })
        )
    );
    assert_eq!(server.sole_request().action, "CreateExpressGatewayService");
    let created_at = Some("2025-11-24T22:00:00Z".parse().unwrap());
    assert_eq!(
        created,
        Created {
            created_at,
            tagged: false,
        },
        "whole seconds, as the status keeps them"
    );
}

#[tokio::test]
async fn create_leaves_out_whatever_is_unset() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let created = adapter(&server)
        .create(&create(image_alone()), &nothing_hidden())
        .await;
    assert_eq!(
        server.sole_request().body,
        json!({
            "infrastructureRoleArn": INFRASTRUCTURE,
            "cluster": "web",
            "serviceName": "shop",
            "primaryContainer": { "image": "nginx:1" },
        })
    );
    assert_eq!(
        created,
        Ok(Created {
            created_at: None,
            tagged: false
        })
    );
}

#[tokio::test]
async fn create_with_a_task_definition_sends_no_container() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1";
    let configuration = Configuration {
        task_definition_arn: Some(task_definition.into()),
        ..Configuration::default()
    };
    adapter(&server)
        .create(&create(configuration), &nothing_hidden())
        .await
        .unwrap();
    let body = server.sole_request().body;
    assert_eq!(body["taskDefinitionArn"], task_definition);
    assert_eq!(body.get("primaryContainer"), None);
}

#[tokio::test]
async fn update_sends_everything_that_is_set_and_gives_the_new_revision() {
    let service = json!({ "targetConfiguration": { "serviceRevisionArn": REVISION } });
    let server = Loopback::of_account(move |_| ok(json!({ "service": service })));
    let request = UpdateRequest {
        arn: arn(),
        cleared: BTreeSet::new(),
        configuration: everything(),
    };
    let updated = adapter(&server)
        .update(&request, &nothing_hidden())
        .await
        .unwrap();
    let body = with(everything_on_the_wire(), json!({ "serviceArn": ARN }));
    assert_eq!(server.sole_request().body, body);
    assert_eq!(server.sole_request().action, "UpdateExpressGatewayService");
    assert_eq!(
        updated,
        Updated {
            revision: Some(REVISION.into())
        }
    );
}

#[tokio::test]
async fn update_sends_the_lists_of_a_container_also_when_they_are_empty() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let request = UpdateRequest {
        arn: arn(),
        cleared: BTreeSet::new(),
        configuration: image_alone(),
    };
    let updated = adapter(&server).update(&request, &nothing_hidden()).await;
    assert_eq!(
        server.sole_request().body,
        json!({
            "serviceArn": ARN,
            "primaryContainer": {
                "image": "nginx:1", "command": [], "environment": [], "secrets": [],
            },
        })
    );
    assert_eq!(updated, Ok(Updated { revision: None }));
}

#[tokio::test]
async fn update_sends_a_network_of_subnets_alone_without_security_groups() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let request = UpdateRequest {
        arn: arn(),
        cleared: BTreeSet::new(),
        configuration: Configuration {
            network: Network {
                subnets: ["subnet-1".to_owned()].into(),
                ..Network::default()
            },
            ..Configuration::default()
        },
    };
    adapter(&server)
        .update(&request, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(
        server.sole_request().body,
        json!({ "serviceArn": ARN, "networkConfiguration": { "subnets": ["subnet-1"] } })
    );
}

#[tokio::test]
async fn update_that_clears_the_security_groups_sends_an_empty_list_beside_the_subnets() {
    let server = Loopback::start(|_| ok(json!({})));
    let request = UpdateRequest {
        arn: arn(),
        cleared: [Field::SecurityGroups].into(),
        configuration: Configuration {
            network: Network {
                subnets: ["subnet-1".to_owned()].into(),
                ..Network::default()
            },
            ..Configuration::default()
        },
    };
    adapter(&server)
        .update(&request, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(
        server.sole_request().body,
        json!({
            "serviceArn": ARN,
            "networkConfiguration": { "subnets": ["subnet-1"], "securityGroups": [] },
        })
    );
}

#[tokio::test]
async fn update_of_nothing_names_the_service_alone() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let request = UpdateRequest {
        arn: arn(),
        cleared: BTreeSet::new(),
        configuration: Configuration::default(),
    };
    adapter(&server)
        .update(&request, &nothing_hidden())
        .await
        .unwrap();
    assert_eq!(server.sole_request().body, json!({ "serviceArn": ARN }));
}

#[tokio::test]
async fn delete_tag_and_untag_name_the_service_by_its_arn() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let ecs = adapter(&server);
    let tags = [("b".to_owned(), "2".to_owned()), ("a".into(), "1".into())].into();
    ecs.delete(&arn(), &nothing_hidden()).await.unwrap();
    ecs.tag(&TagRequest { arn: arn(), tags }, &nothing_hidden())
        .await
        .unwrap();
    let keys = ["b".to_owned(), "a".into()].into();
    ecs.untag(&UntagRequest { arn: arn(), keys }, &nothing_hidden())
        .await
        .unwrap();
    let seen: Vec<_> = server
        .seen()
        .into_iter()
        .map(|it| (it.action, it.body))
        .collect();
    let tags = json!([{ "key": "a", "value": "1" }, { "key": "b", "value": "2" }]);
    assert_eq!(
        seen,
        [
            (
                "DeleteExpressGatewayService".into(),
                json!({ "serviceArn": ARN })
            ),
            (
                "TagResource".into(),
                json!({ "resourceArn": ARN, "tags": tags })
            ),
            (
                "UntagResource".into(),
                json!({ "resourceArn": ARN, "tagKeys": ["a", "b"] })
            ),
        ]
    );
}

#[tokio::test]
async fn each_call_goes_to_the_region_of_its_service() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let ecs = adapter(&server);
    assert_eq!(ecs.default_region(), "us-east-1");
    for region in ["eu-west-1", "ap-south-1", "eu-west-1"] {
        let mut arn = arn();
        arn.region = region.into();
        ecs.delete(&arn, &nothing_hidden()).await.unwrap();
        let scope = format!("/{region}/ecs/aws4_request");
        let authorization = server.seen().pop().unwrap().authorization;
        assert!(authorization.contains(&scope), "{authorization}");
    }
}

#[tokio::test]
async fn a_create_is_ours_only_if_its_response_carries_the_owner_tags_of_the_request() {
    let tag = |key: &str, value: &str| json!({ "key": key, "value": value });
    let ours = [
        tag("ecs-express.dev/uid", "u-1"),
        tag("ecs-express.dev/name", "shop"),
        tag("team", "b"),
    ];
    for (answered, tagged) in [
        (json!(ours), true),
        (json!([]), false),
        (json!(ours[..1]), false),
        (json!([tag("ecs-express.dev/uid", "u-2"), ours[1]]), false),
    ] {
        let answer = json!({"service": {"tags": answered}});
        let server = Loopback::of_account(move |_| ok(answer.clone()));
        let request = CreateRequest {
            tags: [
                ("ecs-express.dev/uid".to_owned(), "u-1".to_owned()),
                ("ecs-express.dev/name".to_owned(), "shop".to_owned()),
                ("team".to_owned(), "a".to_owned()),
            ]
            .into(),
            ..create(image_alone())
        };
        let created = adapter(&server).create(&request, &nothing_hidden()).await;
        assert_eq!(created.unwrap().tagged, tagged, "{answered}");
    }
}
