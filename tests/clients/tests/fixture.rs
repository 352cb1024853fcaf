//! Where a story is played: an emulator whose clock stands still, and a recorder in front of it.

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

/// Plays a story of a client, then holds all that went over the wire against the API model.
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
    /// What the client takes for the address of AWS.
    pub fn url(&self) -> String {
        self.recorder.url()
    }

    /// A program of the Python environment, set to this stage by the variables that all AWS clients know.
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

    /// Gives the AWS CLI a newer model of ECS, in the place that is meant for it. Its own lags behind boto3's.
    pub async fn give_cli_the_model_of_boto3(&self) {
        let print = "import botocore; print(botocore.__path__[0], end='')";
        let output = self.program("python").args(["-c", print]).output().await;
        let botocore = String::from_utf8(output.unwrap().stdout).unwrap();
        let models = self.home.path().join(".aws/models");
        fs::create_dir_all(&models).unwrap();
        unix::fs::symlink(Path::new(&botocore).join("data/ecs"), models.join("ecs")).unwrap();
    }

    /// Lets virtual time pass.
    pub fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }

    /// The next call of an action is refused so.
    pub fn refuse_next(&self, action: &str, code: &str, message: &str) {
        self.emulator.fail_next(Fault::new(action, code, message));
    }
}
