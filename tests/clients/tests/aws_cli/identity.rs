//! The identity of the caller.

use super::Aws;
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_cli_asks_sts_who_it_is_and_assumes_a_role() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        let identity = aws.call(&["sts", "get-caller-identity"]).await;
        assert_eq!(identity["Account"], "123456789012");
        let answer = aws
            .call(&[
                "sts",
                "assume-role",
                "--role-arn=arn:aws:iam::210987654321:role/deployer",
                "--role-session-name=scenario",
            ])
            .await;
        assert_eq!(
            answer["AssumedRoleUser"]["Arn"],
            "arn:aws:sts::210987654321:assumed-role/deployer/scenario"
        );
        assert!(answer["Credentials"]["SessionToken"].is_string());
    })
    .await;
}
