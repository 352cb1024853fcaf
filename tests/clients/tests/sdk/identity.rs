//! The identity of the caller: keys, an assumed role, and a web identity token.

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;

use super::{config, keys};
use crate::fixture::{Fixture, run_scenario};

#[tokio::test]
async fn the_sdk_acts_as_the_role_that_it_assumed() {
    run_scenario("aws-sdk-sts", async |fixture| {
        let sts = Client::new(&config(fixture, keys()).await);
        let identity = sts.get_caller_identity().send().await.unwrap();
        assert_eq!(identity.account(), Some("123456789012"));
        let assume = sts.assume_role().role_session_name("scenario");
        let assume = assume.role_arn("arn:aws:iam::210987654321:role/deployer");
        let credentials = assume.send().await.unwrap().credentials.unwrap();
        assert_eq!(
            arn_of(fixture, &credentials).await,
            "arn:aws:sts::210987654321:assumed-role/deployer/scenario"
        );
    })
    .await;
}

#[tokio::test]
async fn the_sdk_turns_the_token_of_a_workload_into_a_role() {
    run_scenario("aws-sdk-sts", async |fixture| {
        let sts = Client::new(&config(fixture, keys()).await);
        let assume = sts.assume_role_with_web_identity();
        let assume = assume
            .role_arn("arn:aws:iam::123456789012:role/workload")
            .role_session_name("pod")
            .web_identity_token("header.payload.signature");
        let credentials = assume.send().await.unwrap().credentials.unwrap();
        assert_eq!(
            arn_of(fixture, &credentials).await,
            "arn:aws:sts::123456789012:assumed-role/workload/pod"
        );
    })
    .await;
}

async fn arn_of(fixture: &Fixture, credentials: &aws_sdk_sts::types::Credentials) -> String {
    let credentials = Credentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        Some(credentials.session_token().to_owned()),
        None,
        "the scenario",
    );
    let sts = Client::new(&config(fixture, credentials).await);
    sts.get_caller_identity().send().await.unwrap().arn.unwrap()
}
