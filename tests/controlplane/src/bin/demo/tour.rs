//! The interactive demo: it prints commands to try, and the changes that they cause.

use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::fixture::Fixture;

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Prints changes until Ctrl-C, or until a process exits unexpectedly.
pub(crate) fn guide(fixture: &mut Fixture, url: &str) -> Result<(), Box<dyn Error>> {
    println!("{}", directions(fixture, url)?);
    // Waiting for a person, so there is no deadline.
    loop {
        fixture.check_alive()?;
        thread::sleep(LOOK_EVERY);
    }
}

fn directions(fixture: &Fixture, url: &str) -> Result<String, Box<dyn Error>> {
    let kubeconfig = fixture.plane.admin_kubeconfig().display();
    let kubectl = fixture.kubectl.parent().unwrap_or(Path::new(".")).display();
    let logs = fixture.plane.dir().display();
    let control = format!("http://{}/_emulator", fixture.emulator()?);
    Ok(format!(
        r#"
In another terminal:
  export KUBECONFIG={kubeconfig}
  export PATH="$PATH:{kubectl}"    # only if you have no kubectl
  curl {url}
  kubectl get xsvc -o wide
  kubectl describe xsvc hello
  kubectl explain xsvc.spec.scalingTarget

A new image, and more tasks:
  kubectl patch xsvc hello --type merge -p '{{"spec":{{"primaryContainer":{{"image":"public.ecr.aws/docker/library/nginx:1.30"}}}}}}'
  kubectl scale xsvc hello --replicas 2

Somebody changes the service in AWS; the operator puts it right:
  curl {control}/changes -d '{{"service":"default_hello","update":{{"primaryContainer":{{"image":"public.ecr.aws/docker/library/httpd:2.4"}}}}}}'

The next deployment is rolled back; the operator does not fight it:
  curl {control}/outcomes -d '{{"service":"default_hello","outcome":"RollBackByCircuitBreaker"}}'
  kubectl patch xsvc hello --type merge -p '{{"spec":{{"primaryContainer":{{"image":"public.ecr.aws/docker/library/nginx:broken"}}}}}}'

What ECS was asked for, and the end:
  curl {control}/calls
  kubectl delete xsvc hello

Logs are in {logs}. Changes of the services show below. Ctrl-C stops and removes everything.
"#
    ))
}
