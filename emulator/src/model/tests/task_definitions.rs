use serde_json::{Value, json};

use super::{Fixture, create_request, create_with};

const FAMILY: &str = "arn:aws:ecs:us-east-1:123456789012:task-definition/site";

/// A function that changes a registration.
type Edit = fn(&mut Value);

fn registration() -> Value {
    json!({
        "family": "site",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": "arn:aws:iam::123456789012:role/own-execution",
        "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" },
        "containerDefinitions": [
            { "name": "log-router", "image": "registry.example/router:2" },
            {
                "name": "Main",
                "image": "registry.example/site:7",
                "portMappings": [{ "containerPort": 8080, "name": "web" }],
                "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }],
            },
        ],
        "tags": [{ "key": "team", "value": "a" }],
    })
}

fn registered(ecs: &mut Fixture, change: impl FnOnce(&mut Value)) -> Result<Value, String> {
    let mut request = registration();
    change(&mut request);
    ecs.call("RegisterTaskDefinition", request)
        .map_err(|error| error.to_string())
}

fn create_from(arn: &str) -> Value {
    let mut request = create_with(json!({ "taskDefinitionArn": arn }));
    let members = request.as_object_mut().unwrap();
    members.remove("executionRoleArn");
    members.remove("primaryContainer");
    request
}

fn describe(ecs: &mut Fixture, named: &str) -> Value {
    let body = json!({ "taskDefinition": named, "include": ["TAGS"] });
    ecs.call("DescribeTaskDefinition", body).unwrap()
}

#[test]
fn a_registered_task_definition_has_a_revision_and_the_defaults_of_ecs() {
    let mut ecs = Fixture::new();
    let answer = registered(&mut ecs, |_| {}).unwrap();
    let definition = &answer["taskDefinition"];
    assert_eq!(definition["taskDefinitionArn"], format!("{FAMILY}:1"));
    assert_eq!(definition["revision"], 1);
    assert_eq!(definition["status"], "ACTIVE");
    assert_eq!(definition["compatibilities"], json!(["EC2", "FARGATE"]));
    assert_eq!(answer["tags"][0]["key"], "team");
    let main = &definition["containerDefinitions"][1];
    assert_eq!(main["essential"], true);
    assert_eq!(
        main["portMappings"],
        json!([{ "containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "web" }])
    );
    let second = registered(&mut ecs, |_| {}).unwrap();
    assert_eq!(second["taskDefinition"]["revision"], 2);
}

#[test]
fn a_task_definition_is_described_by_family_revision_or_arn() {
    let mut ecs = Fixture::new();
    registered(&mut ecs, |_| {}).unwrap();
    registered(&mut ecs, |request| request["cpu"] = json!("256")).unwrap();
    for (named, revision) in [
        ("site", 2),
        ("site:1", 1),
        (FAMILY, 2),
        (&format!("{FAMILY}:1"), 1),
    ] {
        let answer = describe(&mut ecs, named);
        assert_eq!(answer["taskDefinition"]["revision"], revision, "{named}");
        assert_eq!(answer["tags"][0]["value"], "a");
    }
    let (code, message) = ecs.error_of(
        "DescribeTaskDefinition",
        json!({ "taskDefinition": "none" }),
    );
    assert_eq!(code, "ClientException");
    assert_eq!(message, "Unable to describe task definition.");
}

#[test]
fn a_deregistered_task_definition_is_inactive_and_no_longer_listed() {
    let mut ecs = Fixture::new();
    registered(&mut ecs, |_| {}).unwrap();
    registered(&mut ecs, |_| {}).unwrap();
    let answer = ecs
        .call(
            "DeregisterTaskDefinition",
            json!({ "taskDefinition": "site:2" }),
        )
        .unwrap();
    assert_eq!(answer["taskDefinition"]["status"], "INACTIVE");
    assert!(answer["taskDefinition"]["deregisteredAt"].is_f64());
    assert_eq!(describe(&mut ecs, "site")["taskDefinition"]["revision"], 1);
    let mut list = |body: Value| ecs.call("ListTaskDefinitions", body).unwrap();
    assert_eq!(
        list(json!({ "familyPrefix": "site" }))["taskDefinitionArns"],
        json!([format!("{FAMILY}:1")])
    );
    assert_eq!(
        list(json!({ "status": "INACTIVE" }))["taskDefinitionArns"],
        json!([format!("{FAMILY}:2")])
    );
    let (code, message) = ecs.error_of(
        "CreateExpressGatewayService",
        create_from(&format!("{FAMILY}:2")),
    );
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("ClientException", "TaskDefinition is inactive")
    );
}

#[test]
fn a_registration_that_fargate_cannot_run_is_rejected() {
    let mut ecs = Fixture::new();
    let cases: [(Edit, &str); 4] = [
        (|request| request["family"] = json!(""), "Family"),
        (
            |request| request["containerDefinitions"] = json!([]),
            "Container list cannot be empty.",
        ),
        (
            |request| request["memory"] = json!("999"),
            "No Fargate configuration exists",
        ),
        (
            |request| request["networkMode"] = json!("bridge"),
            "network mode",
        ),
    ];
    for (change, words) in cases {
        let error = registered(&mut ecs, change).unwrap_err();
        assert!(error.starts_with("ClientException"), "{error}");
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn an_express_service_shows_the_settings_of_its_task_definition() {
    let mut ecs = Fixture::with(&json!({ "taskDefinitions": "Registered" }));
    registered(&mut ecs, |_| {}).unwrap();
    ecs.create(create_from(&format!("{FAMILY}:1"))).unwrap();
    ecs.advance(150);
    let shown = ecs.configuration();
    assert_eq!(shown["cpu"], "512");
    assert_eq!(shown["memory"], "1024");
    assert_eq!(shown["cpuArchitecture"], "ARM64");
    assert_eq!(
        shown["executionRoleArn"],
        "arn:aws:iam::123456789012:role/own-execution"
    );
    let container = &shown["primaryContainer"];
    assert_eq!(container["image"], "registry.example/site:7");
    assert_eq!(container["containerPort"], 8080);
    assert_eq!(container["environment"][0]["name"], "A");
    assert!(container.get("awsLogsConfiguration").is_none());
}

#[test]
fn an_unknown_task_definition_is_rejected_if_it_must_be_registered() {
    let mut ecs = Fixture::with(&json!({ "taskDefinitions": "Registered" }));
    let (code, message) = ecs.error_of(
        "CreateExpressGatewayService",
        create_from(&format!("{FAMILY}:1")),
    );
    assert_eq!(code, "ClientException");
    assert_eq!(message, "Unable to describe task definition.");
    ecs.create(create_request()).unwrap();
}

#[test]
fn express_accepts_only_a_container_main_with_one_named_port() {
    let mut ecs = Fixture::new();
    let cases: [(Edit, &str); 3] = [
        (
            |request| request["containerDefinitions"][1]["name"] = json!("web"),
            "named Main",
        ),
        (
            |request| {
                request["containerDefinitions"][1]["portMappings"][0] =
                    json!({ "containerPort": 80 });
            },
            "port mapping",
        ),
        (
            |request| {
                request["requiresCompatibilities"] = json!(["EC2"]);
                request["networkMode"] = json!("bridge");
            },
            "FARGATE",
        ),
    ];
    for (index, (change, words)) in cases.into_iter().enumerate() {
        registered(&mut ecs, change).unwrap();
        let arn = format!("{FAMILY}:{}", index + 1);
        let (code, message) = ecs.error_of("CreateExpressGatewayService", create_from(&arn));
        assert_eq!(code, "InvalidParameterException");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn express_registers_a_task_definition_for_each_revision() {
    let mut ecs = Fixture::with_shop();
    ecs.update(json!({ "cpu": "2048", "memory": "4096" }));
    ecs.advance(600);
    let arn = ecs.configuration()["taskDefinitionArn"].take();
    let answer = describe(&mut ecs, arn.as_str().unwrap());
    let definition = &answer["taskDefinition"];
    assert_eq!(definition["revision"], 2);
    assert_eq!(definition["cpu"], "2048");
    let main = &definition["containerDefinitions"][0];
    assert_eq!(main["name"], "Main");
    assert_eq!(main["portMappings"][0]["containerPort"], 80);
    assert_eq!(main["logConfiguration"]["options"]["mode"], "non-blocking");
}
