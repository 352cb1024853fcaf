//! The scenarios of boto3 are Python modules in `boto3_lifecycle`, each with an emulator of its own.

use crate::{
    fixture::run_scenario,
    python::{directory, written},
};

async fn run_module(module: &str) {
    run_scenario("boto3", async |fixture| {
        let output = fixture
            .program("python")
            .args(["-m", "unittest", "--verbose", module])
            .current_dir(directory("boto3_lifecycle"))
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{}", written(&output));
    })
    .await;
}

#[tokio::test]
async fn boto3_takes_a_service_from_create_to_inactive() {
    run_module("test_lifecycle").await;
}

#[tokio::test]
async fn boto3_reads_back_a_full_configuration() {
    run_module("test_configuration").await;
}

#[tokio::test]
async fn boto3_sees_rollbacks() {
    run_module("test_rollback").await;
}

#[tokio::test]
async fn boto3_runs_a_registered_task_definition() {
    run_module("test_task_definition").await;
}

#[tokio::test]
async fn boto3_raises_the_right_exceptions() {
    run_module("test_errors").await;
}

#[tokio::test]
async fn boto3_signs_as_the_identity_that_sts_reports() {
    run_module("test_identity").await;
}
