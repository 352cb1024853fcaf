//! The command `run`: sets up telemetry, Kubernetes and AWS, then runs the controller. Anything that is missing ends
//! the program at once, with an error that names the remedy.

use std::{net::SocketAddr, time::Duration};

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, Config, api::ListParams};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::{ExitError, Run},
    controller::{run::Loop, watch::cache_entry::CacheEntry},
    core::{
        desired::identity::{Caller, OperatorIdentity},
        observed::failure::Class,
    },
    ecs::{
        Ecs,
        aws::{AwsEcs, ConnectError, Timeouts},
    },
    served_crd,
    telemetry::{
        health::Health,
        log,
        metrics::Metrics,
        server::{Served, serve},
    },
};

/// How long the API server may take to answer at start.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest pause between attempts to reach AWS at start.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Runs the operator until a signal stops it.
///
/// # Errors
///
/// If something is missing at start, or the watch ends unexpectedly.
pub async fn operator(args: Run) -> Result<(), ExitError> {
    log::start(&args.log, args.log_format).map_err(|error| ExitError::Usage(error.to_string()))?;
    for renamed in &args.renamed_variables {
        tracing::warn!(
            variable = renamed.former,
            use_instead = renamed.name,
            "an environment variable was renamed; its former name will be ignored by the next release"
        );
    }
    let stop = stop_on_signal()?;
    let served = Served::default();
    if let Some(address) = args.listen {
        listen(address, served.clone()).await?;
    }
    let Prepared {
        client,
        ecs,
        operator,
    } = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        prepared = prepare(&args, &served.health) => prepared?,
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        account = operator.caller.account,
        region = operator.region,
        cluster_id = operator.cluster_id,
        namespace = args.namespace.as_deref().unwrap_or("all"),
        "watching ExpressServices"
    );
    let calls = ecs.calls().clone();
    let namespace = args.namespace.as_deref();
    let health = served.health.clone();
    let controller =
        Loop::new(client, namespace, ecs, args.settings(), operator).with_health(health);
    let metrics = Metrics::new(&controller.reconciles(), &calls, controller.states());
    served.metrics.get_or_init(|| metrics);
    if controller.run(stop).await {
        tracing::info!("stopped");
        Ok(())
    } else {
        Err(ExitError::WatchEnded)
    }
}

async fn listen(address: SocketAddr, served: Served) -> Result<(), ExitError> {
    let address = serve(address, served).await.map_err(|error| {
        ExitError::System(format!(
            "--listen: cannot listen on {address}: {error}; choose another address or port"
        ))
    })?;
    tracing::info!(%address, "serving /healthz, /readyz and /metrics");
    Ok(())
}

/// What the controller needs.
struct Prepared {
    client: Client,
    ecs: AwsEcs,
    operator: OperatorIdentity,
}

async fn prepare(args: &Run, health: &Health) -> Result<Prepared, ExitError> {
    let client = kubernetes_client().await?;
    let cluster_id = match check_access(&client, args).await {
        Ok(cluster_id) => served_crd::check(&client).await.map(|()| cluster_id),
        Err(failed) => Err(failed),
    };
    health.set_kubernetes(cluster_id.as_ref().map(drop));
    let cluster_id = cluster_id?;
    let ecs = connect(args, health).await?;
    let caller = first_caller(&ecs).await?;
    let operator = OperatorIdentity {
        region: ecs.default_region().to_owned(),
        caller,
        cluster_id,
    };
    Ok(Prepared {
        client,
        ecs,
        operator,
    })
}

/// Loads credentials, and retries while STS or the Pod Identity agent cannot be reached.
async fn connect(args: &Run, health: &Health) -> Result<AwsEcs, ExitError> {
    let mut pause = Duration::from_secs(1);
    loop {
        match AwsEcs::connect(args.aws_region.clone(), Timeouts::default()).await {
            Ok(ecs) => return Ok(ecs.with_health(health.clone())),
            Err(error @ ConnectError::Credentials(_)) => {
                tracing::warn!(%error, "could not load AWS credentials; retrying");
                health.set_aws(Err(error));
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_PAUSE);
            }
            Err(error @ (ConnectError::NoRegion | ConnectError::NoCredentials(_))) => {
                return Err(ExitError::Aws(error.to_string()));
            }
        }
    }
}

/// Asks STS for the caller, and retries transient failures.
async fn first_caller(ecs: &impl Ecs) -> Result<Caller, ExitError> {
    let mut pause = Duration::from_secs(1);
    loop {
        match ecs.caller().await {
            Ok(caller) => return Ok(caller),
            Err(failure) if failure.kind.class() == Class::Retry => {
                tracing::warn!(%failure, "could not get the caller identity from AWS; retrying");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_PAUSE);
            }
            Err(failure) => return Err(ExitError::Aws(failure.to_string())),
        }
    }
}

/// Returns a token that the first SIGTERM or SIGINT cancels, so that reconciles in progress are finished; the second
/// ends the process.
fn stop_on_signal() -> Result<CancellationToken, ExitError> {
    let failed =
        |error: std::io::Error| ExitError::System(format!("cannot listen for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        for signals in 0.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if signals > 0 {
                std::process::exit(130);
            }
            tracing::info!("stopping; finishing the reconciles in progress");
            token.cancel();
        }
    });
    Ok(stop)
}

async fn kubernetes_client() -> Result<Client, ExitError> {
    let config = Config::infer().await.map_err(|error| {
        ExitError::Kubernetes(format!(
            "no Kubernetes API server is configured: {error}; run in a cluster, or set KUBECONFIG"
        ))
    })?;
    Client::try_from(config).map_err(|error| {
        ExitError::Kubernetes(format!(
            "the kubeconfig cannot be used: {error}; check KUBECONFIG"
        ))
    })
}

/// Checks that the API server knows the resource and lets the operator list it, and returns the cluster-id.
async fn check_access(client: &Client, args: &Run) -> Result<String, ExitError> {
    let objects: Api<CacheEntry> = match &args.namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    match within(objects.list(&ListParams::default().limit(1))).await? {
        Ok(_) => {}
        // For an unknown API group the API server answers with a plain 404, without a Status.
        Err(kube::Error::Api(status)) if status.code == 404 => return Err(ExitError::CrdMissing),
        Err(kube::Error::Api(status)) if status.is_forbidden() => {
            return Err(ExitError::Kubernetes(format!(
                "the operator is not allowed to list expressservices: {}; bind the chart's ClusterRole to its ServiceAccount",
                status.message
            )));
        }
        Err(error) => return Err(unreachable(&error)),
    }
    if let Some(id) = &args.cluster_id {
        return Ok(id.clone());
    }
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let kube_system = within(namespaces.get("kube-system")).await?.map_err(|error| {
        ExitError::Kubernetes(format!(
            "the namespace kube-system, whose UID is the cluster-id, cannot be read: {error}; allow the operator to get it, or set --cluster-id"
        ))
    })?;
    kube_system.metadata.uid.ok_or_else(|| {
        ExitError::Kubernetes("the namespace kube-system has no UID; set --cluster-id".into())
    })
}

async fn within<T>(
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<Result<T, kube::Error>, ExitError> {
    tokio::time::timeout(ANSWER_TIMEOUT, request).await.map_err(|_| {
        ExitError::Kubernetes(format!(
            "the Kubernetes API server did not answer within {ANSWER_TIMEOUT:?}; check its address in the kubeconfig"
        ))
    })
}

fn unreachable(error: &kube::Error) -> ExitError {
    ExitError::Kubernetes(format!(
        "the Kubernetes API server cannot be reached or used: {error}; check its address and the credentials in the kubeconfig"
    ))
}
