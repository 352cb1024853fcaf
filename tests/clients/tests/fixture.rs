//! The fixture of a scenario: an emulator whose clock only the test advances, and a recorder in front of it.

use std::{fs, os::unix, path::Path, time::Duration};

use ecs_express_emulator::{Emulator, Fault, Settings};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{model, python, recorder::Recorder};

pub const REGION: &str = "eu-central-1";

pub struct Fixture {
    pub emulator: Emulator,
    recorder: Recorder,
    home: TempDir,
}

/// Runs a scenario of a client, then checks every exchange against the API model.
pub async fn run_scenario(client: &'static str, scenario: impl AsyncFnOnce(&Fixture)) {
    let settings = Settings {
        time_scale: 0.0,
        region: REGION.to_owned(),
        clusters: vec!["default".to_owned(), "team".to_owned()],
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).await.unwrap();
    let recorder = Recorder::start(client, emulator.port()).await;
    let fixture = Fixture {
        emulator,
        recorder,
        home: TempDir::new().unwrap(),
    };
    scenario(&fixture).await;
    if let Err(problems) = model::check(&fixture.recorder.exchanges()).await {
        panic!("what went over the wire is not what the API model says:\n{problems}");
    }
}

impl Fixture {
    /// The endpoint URL for the client.
    pub fn url(&self) -> String {
        self.recorder.url()
    }

    /// A program of the Python environment, configured for this fixture by the environment variables of AWS clients.
    pub fn program(&self, name: &str) -> Command {
        let mut command = python::program(name);
        command
            .env("HOME", self.home.path())
            .env("AWS_ENDPOINT_URL", self.url())
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_MAX_ATTEMPTS", "1");
        command
    }

    /// Gives the AWS CLI boto3's model of ECS, which is newer than its own.
    pub async fn give_cli_the_model_of_boto3(&self) {
        let print = "import botocore; print(botocore.__path__[0], end='')";
        let output = self.program("python").args(["-c", print]).output().await;
        let botocore = String::from_utf8(output.unwrap().stdout).unwrap();
        let models = self.home.path().join(".aws/models");
        fs::create_dir_all(&models).unwrap();
        unix::fs::symlink(Path::new(&botocore).join("data/ecs"), models.join("ecs")).unwrap();
    }

    /// Advances the clock.
    pub fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }

    /// Makes the next call of an action fail with this error.
    pub fn refuse_next(&self, action: &str, code: &str, message: &str) {
        self.emulator.fail_next(Fault::new(action, code, message));
    }
}
