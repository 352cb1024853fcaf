//! The stories of boto3 are Python, in `boto3_life`; each module has an emulator of its own.

use crate::{
    python::{directory, written},
    stage::play,
};

async fn tell(module: &str) {
    play("boto3", async |stage| {
        let output = stage
            .program("python")
            .args(["-m", "unittest", "--verbose", module])
            .current_dir(directory("boto3_life"))
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{}", written(&output));
    })
    .await;
}

#[tokio::test]
async fn boto3_takes_a_service_from_create_to_inactive() {
    tell("test_life").await;
}

#[tokio::test]
async fn boto3_reads_back_a_full_configuration() {
    tell("test_configuration").await;
}

#[tokio::test]
async fn boto3_sees_rollbacks() {
    tell("test_rollback").await;
}

#[tokio::test]
async fn boto3_runs_a_registered_task_definition() {
    tell("test_task_definition").await;
}

#[tokio::test]
async fn boto3_raises_the_right_exceptions() {
    tell("test_errors").await;
}

#[tokio::test]
async fn boto3_signs_as_whom_sts_says() {
    tell("test_identity").await;
}
