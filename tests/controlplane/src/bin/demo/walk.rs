//! `ONCE=1`: a service's life after its first deployment, each step checked.

use std::error::Error;

use controlplane::http;
use serde_json::{Value, json};

use crate::console::Step;
use crate::stage::Stage;

const NEXT_IMAGE: &str = "public.ecr.aws/docker/library/nginx:1.30";
const OUTSIDE_IMAGE: &str = "public.ecr.aws/docker/library/httpd:2.4";
const SERVICE: &str = "default_hello";

/// Edit, outside change, deletion.
pub(crate) fn through(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    edit(stage)?;
    correct_outside_change(stage)?;
    delete(stage)?;
    println!("done: created, edited, corrected and deleted; ECS has nothing left of it");
    Ok(())
}

fn edit(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered("edit", &format!("image {NEXT_IMAGE}"));
    let before = stage.hello()?.and_then(|service| service.running());
    let patch = json!({ "spec": { "primaryContainer": { "image": NEXT_IMAGE } } }).to_string();
    stage.plane.kubectl_run(
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
    let service = stage.await_service("the new image to run and be Ready", |service| {
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

fn correct_outside_change(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered(
        "outside change",
        &format!("somebody sets the image {OUTSIDE_IMAGE} in AWS"),
    );
    let before = updates(stage)?;
    let change =
        json!({ "service": SERVICE, "update": { "primaryContainer": { "image": OUTSIDE_IMAGE } } })
            .to_string();
    let answer = http::post(stage.emulator()?, "/_emulator/changes", &change)?;
    if answer.status != 200 {
        return Err(format!("the emulator refused the change: {}", answer.body).into());
    }
    stage.await_state("the operator to update the service", |stage| {
        let now = updates(stage).map_err(|error| error.to_string())?;
        if now > before {
            Ok(())
        } else {
            Err(format!("{now} updates, as before"))
        }
    })?;
    let service = stage.await_service(
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

fn delete(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let step = Step::begin_unnumbered("delete", "kubectl delete xsvc hello");
    stage
        .plane
        .kubectl_run(&["delete", "expressservice", "hello", "--wait=false"], None)?;
    stage.await_state("hello to be gone", |stage| match stage.hello()? {
        None => Ok(()),
        Some(service) => Err(service.summary()),
    })?;
    let services = ask(stage, "/_emulator/services")?;
    let code = |service: &Value| service["statusCode"].as_str().map(String::from);
    let left = services["services"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|service| service["serviceName"] == SERVICE);
    match left.and_then(code).as_deref() {
        None | Some("INACTIVE") => step.done("and ECS has it no more"),
        Some(code) => {
            return Err(
                format!("hello is gone, but ECS still has {SERVICE}, which is {code}").into(),
            );
        }
    }
    Ok(())
}

/// How many updates ECS was sent and accepted.
fn updates(stage: &Stage) -> Result<usize, Box<dyn Error>> {
    let calls = ask(stage, "/_emulator/calls")?;
    let calls = calls["calls"]
        .as_array()
        .ok_or("the emulator's list of calls is not a list")?;
    let is_update =
        |call: &&Value| call["action"] == "UpdateExpressGatewayService" && call["code"].is_null();
    Ok(calls.iter().filter(is_update).count())
}

fn ask(stage: &Stage, path: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(
        &http::get(stage.emulator()?, path)?.body,
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
