//! The lifecycle of a service, from its creation to its deletion.

use aws_sdk_ecs::types::{
    ExpressGatewayServiceStatusCode as StatusCode, ManagedResourceStatus, ResourceManagementType,
    ServiceDeploymentStatus, Tag,
};

use super::{Ecs, SHOP, container, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_sdk_takes_a_service_from_create_to_inactive() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        roll_out(&ecs).await;
        update(&ecs).await;
        tag(&ecs).await;
        list(&ecs).await;
        delete(&ecs).await;
    })
    .await;
}

async fn roll_out(ecs: &Ecs<'_>) {
    let service = ecs.create_shop().send().await.unwrap().service.unwrap();
    assert_eq!(service.service_arn(), Some(SHOP));
    let status = service.status.as_ref().unwrap().status_code.as_ref();
    assert_eq!(status, Some(&StatusCode::Active));
    assert_eq!(service.current_deployment(), None);
    let deployment = ecs.wait_for_deployment().await;
    assert_eq!(deployment.status, Some(ServiceDeploymentStatus::Successful));
    let service = ecs.describe(SHOP).await;
    let [active] = service.active_configurations() else {
        panic!("{service:?}");
    };
    let revision = active.service_revision_arn().unwrap();
    assert_eq!(
        deployment.target_service_revision().unwrap().arn(),
        Some(revision)
    );
    let endpoint = active.ingress_paths()[0].endpoint();
    assert!(endpoint.starts_with("http"), "{endpoint}");
    check_revision(ecs, revision).await;
}

async fn check_revision(ecs: &Ecs<'_>, arn: &str) {
    let describe = ecs.client.describe_service_revisions();
    let answer = describe.service_revision_arns(arn).send().await.unwrap();
    let managed = answer.service_revisions()[0]
        .ecs_managed_resources()
        .unwrap();
    let balancer = managed.ingress_paths()[0].load_balancer().unwrap();
    assert_eq!(balancer.status(), &ManagedResourceStatus::Active);
}

async fn update(ecs: &Ecs<'_>) {
    let answer = ecs
        .client
        .update_express_gateway_service()
        .service_arn(SHOP)
        .primary_container(container("registry.example/shop:2"))
        .cpu("512")
        .memory("1024")
        .send()
        .await
        .unwrap();
    let target = answer.service.unwrap().target_configuration.unwrap();
    assert_eq!(target.cpu(), Some("512"));
    ecs.fixture.advance(60);
    let both = ecs.describe(SHOP).await;
    assert_eq!(
        images(&both),
        ["registry.example/shop:1", "registry.example/shop:2"]
    );
    let deployment = ecs.wait_for_deployment().await;
    assert_eq!(deployment.status, Some(ServiceDeploymentStatus::Successful));
    let rolled_out = deployment.target_service_revision.unwrap().arn;
    assert_eq!(rolled_out, target.service_revision_arn);
    assert_eq!(
        images(&ecs.describe(SHOP).await),
        ["registry.example/shop:2"]
    );
}

async fn tag(ecs: &Ecs<'_>) {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let add = ecs.client.tag_resource().resource_arn(SHOP);
    let add = add.tags(tag("team", "a")).tags(tag("stage", "live"));
    add.send().await.unwrap();
    let remove = ecs.client.untag_resource().resource_arn(SHOP);
    remove.tag_keys("stage").send().await.unwrap();
    let listed = ecs.client.list_tags_for_resource().resource_arn(SHOP);
    assert_eq!(listed.send().await.unwrap().tags(), [tag("team", "a")]);
    assert_eq!(ecs.describe(SHOP).await.tags(), [tag("team", "a")]);
}

async fn list(ecs: &Ecs<'_>) {
    let list = ecs.client.list_services();
    let list = list.resource_management_type(ResourceManagementType::Ecs);
    assert_eq!(list.send().await.unwrap().service_arns(), [SHOP]);
    let describe = ecs.client.describe_services().services("shop");
    let services = describe.send().await.unwrap().services.unwrap();
    assert_eq!(
        services[0].resource_management_type,
        Some(ResourceManagementType::Ecs)
    );
    assert_eq!(services[0].running_count(), 1);
}

async fn delete(ecs: &Ecs<'_>) {
    let delete = || {
        ecs.client
            .delete_express_gateway_service()
            .service_arn(SHOP)
    };
    let service = delete().send().await.unwrap().service.unwrap();
    assert_eq!(
        service.status.unwrap().status_code,
        Some(StatusCode::Draining)
    );
    let refusal = delete().send().await.unwrap_err().into_service_error();
    assert!(refusal.is_service_not_active_exception(), "{refusal:?}");
    ecs.fixture.advance(120);
    let status = ecs.describe(SHOP).await.status.unwrap();
    assert_eq!(status.status_code, Some(StatusCode::Inactive));
}
