//! A service that runs a given task definition.

use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, CpuArchitecture, ExpressCpuArchitecture, NetworkMode,
    OsFamily, PortMapping, RuntimePlatform, ServiceDeploymentStatus,
};

use super::{EXECUTION, Ecs, INFRASTRUCTURE, SHOP, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_sdk_runs_a_registered_task_definition_and_its_next_revision() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        let first = register(&ecs, "registry.example/shop:1").await;
        let second = register(&ecs, "registry.example/shop:2").await;
        let newest = ecs
            .client
            .describe_task_definition()
            .task_definition("shop");
        let newest = newest.send().await.unwrap().task_definition.unwrap();
        assert_eq!(newest.task_definition_arn(), Some(&*second));
        create(&ecs, &first).await;
        update(&ecs, &second).await;
        force_new_deployment(&ecs).await;
        check_cluster(&ecs).await;
    })
    .await;
}

async fn register(ecs: &Ecs<'_>, image: &str) -> String {
    let port = PortMapping::builder().name("http").container_port(8080);
    let main = ContainerDefinition::builder()
        .name("Main")
        .image(image)
        .port_mappings(port.build());
    let platform = RuntimePlatform::builder()
        .cpu_architecture(CpuArchitecture::Arm64)
        .operating_system_family(OsFamily::Linux);
    let answer = ecs
        .client
        .register_task_definition()
        .family("shop")
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu("512")
        .memory("1024")
        .execution_role_arn(EXECUTION)
        .runtime_platform(platform.build())
        .container_definitions(main.build())
        .send()
        .await
        .unwrap();
    answer.task_definition.unwrap().task_definition_arn.unwrap()
}

async fn create(ecs: &Ecs<'_>, definition: &str) {
    let create = ecs
        .client
        .create_express_gateway_service()
        .service_name("shop")
        .infrastructure_role_arn(INFRASTRUCTURE)
        .task_definition_arn(definition);
    create.send().await.unwrap();
    succeed(ecs).await;
    let service = ecs.describe(SHOP).await;
    let active = &service.active_configurations()[0];
    assert_eq!(active.task_definition_arn(), Some(definition));
    assert_eq!(
        active.cpu_architecture(),
        Some(&ExpressCpuArchitecture::Arm64)
    );
}

async fn update(ecs: &Ecs<'_>, definition: &str) {
    let update = ecs
        .client
        .update_express_gateway_service()
        .service_arn(SHOP)
        .task_definition_arn(definition);
    update.send().await.unwrap();
    succeed(ecs).await;
    assert_eq!(
        images(&ecs.describe(SHOP).await),
        ["registry.example/shop:2"]
    );
}

async fn force_new_deployment(ecs: &Ecs<'_>) {
    let before = ecs.newest_deployment().await.service_deployment_arn;
    let update = ecs.client.update_service().service(SHOP);
    let answer = update.force_new_deployment(true).send().await.unwrap();
    assert_eq!(answer.service().unwrap().service_arn(), Some(SHOP));
    succeed(ecs).await;
    let after = ecs.newest_deployment().await.service_deployment_arn;
    assert_ne!(after, before);
}

async fn check_cluster(ecs: &Ecs<'_>) {
    let describe = ecs.client.describe_clusters();
    let describe = describe.clusters("default").clusters("absent");
    let answer = describe.send().await.unwrap();
    assert_eq!(answer.clusters()[0].active_services_count(), 1);
    assert_eq!(answer.failures()[0].reason(), Some("MISSING"));
}

async fn succeed(ecs: &Ecs<'_>) {
    let status = ecs.wait_for_deployment().await.status;
    assert_eq!(status, Some(ServiceDeploymentStatus::Successful));
}
