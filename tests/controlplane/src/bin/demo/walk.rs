//! `ONCE=1`: the lifecycle of a service after its first deployment, with every step checked.

use std::error::Error;

use controlplane::http;
use serde_json::{Value, json};

use crate::console::Step;
use crate::fixture::Fixture;

const NEXT_IMAGE: &str = "public.ecr.aws/docker/library/nginx:1.30";
const OUTSIDE_IMAGE: &str = "public.ecr.aws/docker/library/httpd:2.4";
const SERVICE: &str = "default_hello";

/// An edit, drift, and a deletion.
pub(crate) fn through(fixture: &mut Fixture) -> Result<(), Box<dyn Error>> {
    edit(fixture)?;
    correct_drift(fixture)?;
    delete(fixture)?;
    println!("done: created, edited, corrected and deleted; ECS has nothing left of it");
    Ok(())
}

fn edit(fixture: &mut Fixture) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered("edit", &format!("image {NEXT_IMAGE}"));
    let before = fixture.hello()?.and_then(|service| service.running());
    let patch = json!({ "spec": { "primaryContainer": { "image": NEXT_IMAGE } } }).to_string();
    fixture.plane.kubectl_run(
        &[
            "patch",
            "expressservice",
            "hello",
            "--type",
            "merge",
            "--patch",
            &patch,
        ],
        None,
    )?;
    let service = fixture.await_service("the new image to run and be Ready", |service| {
        service.is_ready()
            && service
                .running()
                .is_some_and(|(image, _)| image == NEXT_IMAGE)
    })?;
    if service.running() == before {
        return Err("the edit made no new service revision".into());
    }
    expect_page(&service.url()?, NEXT_IMAGE)?;
    step.done("a new revision serves");
    Ok(())
}

fn correct_drift(fixture: &mut Fixture) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered(
        "drift",
        &format!("somebody sets the image {OUTSIDE_IMAGE} in AWS"),
    );
    let before = updates(fixture)?;
    let change =
        json!({ "service": SERVICE, "update": { "primaryContainer": { "image": OUTSIDE_IMAGE } } })
            .to_string();
    let answer = http::post(fixture.emulator()?, "/_emulator/changes", &change)?;
    if answer.status != 200 {
        return Err(format!("the emulator refused the change: {}", answer.body).into());
    }
    fixture.await_state("the operator to update the service", |fixture| {
        let now = updates(fixture).map_err(|error| error.to_string())?;
        if now > before {
            Ok(())
        } else {
            Err(format!("{now} updates, as before"))
        }
    })?;
    let service = fixture.await_service(
        "the image of the spec to run again and be Ready",
        |service| {
            service.is_ready()
                && service
                    .running()
                    .is_some_and(|(image, _)| image == service.image())
        },
    )?;
    expect_page(&service.url()?, NEXT_IMAGE)?;
    step.done("corrected");
    Ok(())
}

fn delete(fixture: &mut Fixture) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered("delete", "kubectl delete xsvc hello");
    fixture
        .plane
        .kubectl_run(&["delete", "expressservice", "hello", "--wait=false"], None)?;
    fixture.await_state("hello to be gone", |fixture| match fixture.hello()? {
        None => Ok(()),
        Some(service) => Err(service.summary()),
    })?;
    let services = ask(fixture, "/_emulator/services")?;
    let code = |service: &Value| service["statusCode"].as_str().map(String::from);
    let left = services["services"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|service| service["serviceName"] == SERVICE);
    match left.and_then(code).as_deref() {
        None | Some("INACTIVE") => step.done("and ECS no longer has it"),
        Some(code) => {
            return Err(
                format!("hello is gone, but ECS still has {SERVICE}, which is {code}").into(),
            );
        }
    }
    Ok(())
}

/// The number of updates that ECS accepted.
fn updates(fixture: &Fixture) -> Result<usize, Box<dyn Error>> {
    let calls = ask(fixture, "/_emulator/calls")?;
    let calls = calls["calls"]
        .as_array()
        .ok_or("the emulator's list of calls is not a list")?;
    let is_update =
        |call: &&Value| call["action"] == "UpdateExpressGatewayService" && call["code"].is_null();
    Ok(calls.iter().filter(is_update).count())
}

fn ask(fixture: &Fixture, path: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(
        &http::get(fixture.emulator()?, path)?.body,
    )?)
}

fn expect_page(url: &str, image: &str) -> Result<(), Box<dyn Error>> {
    let answer = http::get_url(url)?;
    if answer.status == 200 && answer.body.contains(image) {
        return Ok(());
    }
    Err(format!(
        "{url} answered {} {:?}, expected 200 and {image}",
        answer.status, answer.body
    )
    .into())
}
