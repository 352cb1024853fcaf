#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#[test]
fn explore() {
    let plane = controlplane::ControlPlane::start(&controlplane::Assets::find().unwrap()).unwrap();
    std::fs::write("/tmp/explore-kubeconfig", plane.admin_kubeconfig().display().to_string()).unwrap();
    controlplane::poll::until(std::time::Duration::from_secs(3000), "end", || if std::path::Path::new("/tmp/explore-end").exists() { Ok(()) } else { Err(String::new()) }).unwrap();
}
