//! A configuration is read back as it was sent.

use aws_sdk_ecs::types::{
    ExpressCpuArchitecture, ExpressGatewayContainer, ExpressGatewayRepositoryCredentials,
    ExpressGatewayScalingTarget, ExpressGatewayServiceAwsLogsConfiguration,
    ExpressGatewayServiceNetworkConfiguration, ExpressGatewayServiceScalingMetric, KeyValuePair,
    Secret, Tag,
};

use super::{Ecs, SHOP};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_sdk_reads_back_a_full_configuration() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        let arn = create(&ecs).await;
        fixture.advance(10);
        let service = ecs.describe(&arn).await;
        assert_eq!(service.tags(), [tag()]);
        let [active] = service.active_configurations() else {
            panic!("{service:?}");
        };
        assert_eq!(
            active.cpu_architecture(),
            Some(&ExpressCpuArchitecture::Arm64)
        );
        assert_eq!(active.primary_container(), Some(&container()));
        assert_eq!(active.scaling_target(), Some(&scaling()));
        assert_eq!(active.health_check_path(), Some("/healthz"));
        assert_eq!(
            active.task_role_arn(),
            Some("arn:aws:iam::123456789012:role/task")
        );
        let network = active.network_configuration().unwrap();
        assert_eq!(network.subnets(), ["subnet-0a", "subnet-0b"]);
        // ECS adds a managed group.
        assert!(network.security_groups().contains(&"sg-0a".to_owned()));
    })
    .await;
}

async fn create(ecs: &Ecs<'_>) -> String {
    let network = ExpressGatewayServiceNetworkConfiguration::builder()
        .subnets("subnet-0a")
        .subnets("subnet-0b")
        .security_groups("sg-0a");
    let answer = ecs
        .create_shop()
        .cluster("team")
        .task_role_arn("arn:aws:iam::123456789012:role/task")
        .primary_container(container())
        .health_check_path("/healthz")
        .network_configuration(network.build())
        .cpu("512")
        .memory("1024")
        .cpu_architecture(ExpressCpuArchitecture::Arm64)
        .scaling_target(scaling())
        .tags(tag())
        .send()
        .await
        .unwrap();
    let arn = answer.service.unwrap().service_arn.unwrap();
    assert_eq!(arn, SHOP.replace("default", "team"));
    arn
}

/// Environment and secrets are sorted by name, as ECS returns them.
fn container() -> ExpressGatewayContainer {
    let variable = |name: &str| KeyValuePair::builder().name(name).value("x").build();
    let secret = |name: &str| {
        let secret = Secret::builder().name(name).value_from(arn_of_secret(name));
        secret.build().unwrap()
    };
    let logs = ExpressGatewayServiceAwsLogsConfiguration::builder()
        .log_group("/shop")
        .log_stream_prefix("web");
    let credentials = ExpressGatewayRepositoryCredentials::builder()
        .credentials_parameter(arn_of_secret("registry"));
    ExpressGatewayContainer::builder()
        .image("registry.example/shop:1")
        .container_port(8080)
        .aws_logs_configuration(logs.build().unwrap())
        .repository_credentials(credentials.build())
        .command("serve")
        .environment(variable("APP"))
        .environment(variable("ZONE"))
        .secrets(secret("KEY"))
        .secrets(secret("TOKEN"))
        .build()
        .unwrap()
}

fn arn_of_secret(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}")
}

fn scaling() -> ExpressGatewayScalingTarget {
    ExpressGatewayScalingTarget::builder()
        .min_task_count(2)
        .max_task_count(6)
        .auto_scaling_metric(ExpressGatewayServiceScalingMetric::AverageMemoryUtilization)
        .auto_scaling_target_value(70)
        .build()
}

fn tag() -> Tag {
    Tag::builder().key("team").value("a").build()
}
