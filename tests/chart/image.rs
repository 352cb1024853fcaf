//! The image: only the program, not run as root, labelled.

use crate::chart::{container, file, render};

fn final_stage() -> String {
    let text = file("../../Dockerfile").replace("\\\n", " ");
    let (_, stage) = text.rsplit_once("\nFROM ").unwrap();
    stage.to_owned()
}

#[test]
fn the_image_is_empty_but_for_what_the_build_made() {
    let stage = final_stage();
    assert!(stage.starts_with("scratch\n"), "{stage}");
    let copies: Vec<_> = stage
        .lines()
        .filter(|line| line.starts_with("COPY"))
        .collect();
    assert_eq!(copies, ["COPY --from=build /image/ /"]);
    assert!(
        !stage.contains("RUN ") && !stage.contains("ADD "),
        "{stage}"
    );
}

#[test]
fn it_runs_as_the_user_that_the_chart_names() {
    let pod = &render(&serde_json::json!({}));
    let spec = &crate::chart::the(pod, "Deployment")["spec"]["template"]["spec"];
    let (user, group) = (
        &spec["securityContext"]["runAsUser"],
        &spec["securityContext"]["runAsGroup"],
    );
    assert!(final_stage().contains(&format!("\nUSER {user}:{group}\n")));
}

#[test]
fn it_starts_the_program_and_the_chart_gives_it_arguments_alone() {
    assert!(final_stage().contains("\nENTRYPOINT [\"/ecs-express-operator\"]\n"));
    let objects = render(&serde_json::json!({}));
    assert!(container(&objects)["command"].is_null());
    assert_eq!(container(&objects)["args"][0], "run");
}

#[test]
fn it_carries_the_labels_of_oci_and_the_version_of_the_program() {
    let stage = final_stage();
    for label in [
        "title",
        "description",
        "source",
        "licenses",
        "version",
        "revision",
    ] {
        let label = format!("org.opencontainers.image.{label}=");
        assert!(stage.contains(&label), "{label}");
    }
    let version = format!("\nARG VERSION={}\n", env!("CARGO_PKG_VERSION"));
    assert!(stage.contains(&version), "{stage}");
}

#[test]
fn it_is_built_by_the_compiler_that_the_repository_pins() {
    let toolchain = file("../../rust-toolchain.toml");
    let channel = toolchain.split('"').nth(1).unwrap();
    let from = format!("\nFROM rust:{channel}-");
    assert!(file("../../Dockerfile").contains(&from), "{from}");
}

#[test]
fn each_workspace_member_is_in_the_build_context() {
    let manifest = file("../../Cargo.toml");
    let members = manifest.split("members = [").nth(1).unwrap();
    let ignore = file("../../.dockerignore");
    for member in members.split(']').next().unwrap().split(", ") {
        let line = format!("!{}", member.trim_matches('"'));
        assert!(ignore.lines().any(|one| one == line), "no {line}");
    }
}
