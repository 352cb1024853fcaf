//! Each error as the CLI prints it.

use super::{Aws, CREATE_SHOP, SHOP};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_cli_names_the_errors_of_what_does_not_exist() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        let absent = SHOP.replace("shop", "absent");
        for (action, code) in [
            ("describe", "ResourceNotFoundException"),
            ("update", "ServiceNotFoundException"),
            ("delete", "InvalidParameterException"),
        ] {
            let command = format!("{action}-express-gateway-service");
            let refusal = aws
                .refusal(&["ecs", &command, "--service-arn", &absent])
                .await;
            assert_eq!(refusal.code, code, "{action}");
        }
        let refusal = aws
            .refusal(&["ecs", "list-services", "--cluster=absent"])
            .await;
        assert_eq!(refusal.code, "ClusterNotFoundException");
    })
    .await;
}

#[tokio::test]
async fn the_cli_names_why_a_create_is_rejected() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        for (code, message) in [
            (
                "AccessDeniedException",
                "User is not authorized to perform: iam:PassRole",
            ),
            ("ThrottlingException", "Rate exceeded"),
        ] {
            fixture.refuse_next("CreateExpressGatewayService", code, message);
            let refusal = aws.refusal(&CREATE_SHOP).await;
            assert_eq!(
                (refusal.code.as_str(), refusal.message.as_str()),
                (code, message)
            );
        }
        aws.call(&CREATE_SHOP).await;
        let refusal = aws.refusal(&CREATE_SHOP).await;
        assert_eq!(refusal.code, "InvalidParameterException");
        assert_eq!(refusal.message, "Creation of service was not idempotent.");
    })
    .await;
}
