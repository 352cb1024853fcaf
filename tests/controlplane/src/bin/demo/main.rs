//! The operator at work, with a real Kubernetes API and an emulated ECS, on this machine alone.
//!
//! Ctrl-C ends it. It needs no handler for that: nothing that it starts outlives it (see [`controlplane::Process`]).
#![allow(clippy::print_stdout, reason = "a command-line program")]

mod console;
mod options;
mod service;
mod stage;
mod tour;
mod walk;
mod watch;

use std::error::Error;
use std::process::ExitCode;

use console::Step;
use controlplane::{Assets, Helm, http};
use options::Options;
use stage::{CHART, NAME, NAMESPACE, Stage};

fn main() -> ExitCode {
    match Options::from_environment()
        .map_err(Into::into)
        .and_then(|options| run(&options))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    options.check()?;
    let step = Step::begin(
        1,
        "control plane",
        "etcd, kube-apiserver, kube-controller-manager",
    );
    let stage = Stage::new(&Assets::find()?, Helm::four()?)?;
    step.done(&format!(
        "{} at {}",
        stage.kubernetes_version()?,
        stage.plane.server_url()
    ));
    act(stage, options)
}

fn act(mut stage: Stage, options: &Options) -> Result<(), Box<dyn Error>> {
    let outcome = play(&mut stage, options);
    outcome.map_err(|error| match stage.operator_log() {
        Some(log) => format!("{error}\nthe operator's log ends with:\n{log}").into(),
        None => error,
    })
}

fn play(stage: &mut Stage, options: &Options) -> Result<(), Box<dyn Error>> {
    let step = Step::begin(2, "ECS Express", "the emulator");
    let address = stage.start_emulator(&options.emulator, options.time_scale)?;
    step.done(&format!(
        "at http://{address}, {} times as fast as AWS",
        options.time_scale
    ));

    let step = Step::begin(
        3,
        "chart",
        &format!("helm install {NAME} {CHART} --namespace {NAMESPACE}"),
    );
    stage.install()?;
    step.done("there is no node for its pod, so the program runs beside it:");

    let step = Step::begin(
        4,
        "operator",
        "as the ServiceAccount ecs-express-operator, with its RBAC only",
    );
    let pid = stage.start_operator(&options.operator)?;
    step.done(&format!("process {pid}"));

    let step = Step::begin(
        5,
        "first service",
        "kubectl apply -f examples/hello.yaml; kubectl get xsvc --watch",
    );
    stage.apply_hello()?;
    let url = stage
        .await_service("hello to be Ready", |service| service.is_ready())?
        .url()?;
    step.done("");

    let step = Step::begin(6, "its URL", &format!("GET {url}"));
    let answer = http::get_url(&url)?;
    println!("{}", console::indented(answer.body.trim_end()));
    if answer.status != 200 {
        return Err(format!("{url} answered {}, expected 200", answer.status).into());
    }
    step.done("");

    if options.once {
        walk::through(stage)
    } else {
        tour::guide(stage, &url)
    }
}
