//! The demo: the operator with a real Kubernetes API and an emulated ECS, on this machine alone.
//!
//! Ctrl-C ends it. It needs no handler for that: nothing that it starts outlives it (see [`controlplane::Process`]).
#![allow(clippy::print_stdout, reason = "a command-line program")]

mod console;
mod fixture;
mod options;
mod service;
mod tour;
mod walk;
mod watch;

use std::error::Error;
use std::process::ExitCode;

use console::Step;
use controlplane::{Assets, Helm, http};
use fixture::{CHART, Fixture, NAME, NAMESPACE};
use options::Options;

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
    let fixture = Fixture::new(&Assets::find()?, Helm::four()?)?;
    step.done(&format!(
        "{} at {}",
        fixture.kubernetes_version()?,
        fixture.plane.server_url()
    ));
    act(fixture, options)
}

fn act(mut fixture: Fixture, options: &Options) -> Result<(), Box<dyn Error>> {
    let outcome = play(&mut fixture, options);
    outcome.map_err(|error| match fixture.operator_log() {
        Some(log) => format!("{error}\nthe operator's log ends with:\n{log}").into(),
        None => error,
    })
}

fn play(fixture: &mut Fixture, options: &Options) -> Result<(), Box<dyn Error>> {
    let step = Step::begin(2, "ECS Express", "the emulator");
    let address = fixture.start_emulator(&options.emulator, options.time_scale)?;
    step.done(&format!(
        "at http://{address}, {} times as fast as AWS",
        options.time_scale
    ));

    let step = Step::begin(
        3,
        "chart",
        &format!("helm install {NAME} {CHART} --namespace {NAMESPACE}"),
    );
    fixture.install()?;
    step.done("there is no node for its pod, so the program runs beside it:");

    let step = Step::begin(
        4,
        "operator",
        "as the ServiceAccount ecs-express-operator, with its RBAC only",
    );
    let pid = fixture.start_operator(&options.operator)?;
    step.done(&format!("process {pid}"));

    let step = Step::begin(
        5,
        "first service",
        "kubectl apply -f examples/hello.yaml; kubectl get xsvc --watch",
    );
    fixture.apply_hello()?;
    let url = fixture
        .await_service("hello to be Ready", service::Service::is_ready)?
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
        walk::through(fixture)
    } else {
        tour::guide(fixture, &url)
    }
}
