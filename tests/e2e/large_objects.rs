//! Objects as large as the API server accepts: they must not exhaust the operator's memory.

use std::{fmt::Write, time::Duration};

use controlplane::{Assets, ControlPlane, Process};
use futures::{StreamExt, stream};
use kube::{
    Api, Client, Config,
    api::{DynamicObject, ListParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};
use tokio::runtime::Runtime;

use crate::fixture::{DEADLINE, condition, fixture, message, operator_command};
use crate::release::{self, NAME, NAMESPACE};

/// The number of large objects, each of 1.3 MB.
const LARGE: usize = 100;
/// Half of the limit of the chart.
const MOST: u64 = 128 << 20;

/// Text that cannot be compressed.
fn noise(seed: usize, length: usize) -> String {
    let mut state = seed as u64 | 1;
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        write!(text, "{:x}", state >> 12).unwrap();
    }
    text.truncate(length);
    text
}

/// Valid by the resource's schema, and larger than any task definition.
fn large(number: usize) -> Value {
    let environment: Vec<_> = (0..41)
        .map(|variable| {
            let value = noise(number * 100 + variable, 32_000);
            json!({"name": format!("V{variable}"), "value": value})
        })
        .collect();
    let spec = spec(&json!({"primaryContainer": {"environment": environment}}));
    manifest(&format!("large-{number}"), &spec)
}

async fn api(plane: &ControlPlane) -> Api<DynamicObject> {
    let kubeconfig = Kubeconfig::read_from(plane.admin_kubeconfig()).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .unwrap();
    let kind = GroupVersionKind::gvk("ecs-express.dev", "v1alpha1", "ExpressService");
    let resource = ApiResource::from_gvk_with_plural(&kind, "expressservices");
    let client = Client::try_from(config).unwrap();
    Api::namespaced_with(client, "default", &resource)
}

async fn create(api: &Api<DynamicObject>) {
    let created = stream::iter(0..LARGE).map(|number| async move {
        let object = serde_json::from_value(large(number)).unwrap();
        api.create(&PostParams::default(), &object).await.unwrap();
    });
    created.buffer_unordered(4).collect::<Vec<_>>().await;
}

/// The anonymous memory of the process in bytes, as the kernel counts it against its limit.
fn anonymous_memory(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.unwrap().trim().trim_end_matches("kB").trim();
    kilobytes.parse::<u64>().unwrap() * 1024
}

#[test]
fn many_large_objects_are_distinguished_and_do_not_exhaust_the_memory() {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    release::install(&plane, &fixture().emulator.url());
    let runtime = Runtime::new().unwrap();
    let api = runtime.block_on(api(&plane));
    runtime.block_on(create(&api));
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let command = operator_command(&kubeconfig, &fixture().emulator.url());
    let mut operator =
        Process::spawn("the operator", command, plane.dir().join("operator.log")).unwrap();
    let (mut peak, mut reported) = (0, 0);
    let deadline = std::time::Instant::now() + DEADLINE;
    while reported < LARGE {
        assert!(
            std::time::Instant::now() < deadline,
            "{reported} reported; {}",
            operator.log_tail()
        );
        operator.check_alive().unwrap();
        let until = std::time::Instant::now() + Duration::from_secs(3);
        while std::time::Instant::now() < until {
            peak = peak.max(anonymous_memory(&operator));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(
            peak < MOST,
            "{peak} bytes of memory; {}",
            operator.log_tail()
        );
        let listed = runtime.block_on(api.list(&ListParams::default())).unwrap();
        let stalled =
            |object: &DynamicObject| condition(&object.data, "Stalled").1 == "InvalidSpec";
        reported = listed.items.iter().filter(|object| stalled(object)).count();
    }
    let object = runtime.block_on(api.get("large-0")).unwrap();
    let text = message(&object.data, "Ready");
    assert!(
        text.contains("spec.primaryContainer") && text.contains("65536"),
        "{text}"
    );
    let calls = fixture().emulator.calls().into_iter();
    let of_large =
        |name: &Option<String>| name.as_deref().is_some_and(|name| name.contains("large-"));
    assert_eq!(calls.filter(|call| of_large(&call.service_name)).count(), 0);

    // None of them blocks the deletion of its namespace.
    plane
        .kubectl_run(&["delete", "xsvc", "--all", "--timeout=60s"], None)
        .unwrap();
    operator.check_alive().unwrap();
}
