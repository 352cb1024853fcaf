//! `run`, before the loop: telemetry, Kubernetes, AWS. What is missing is said at once, with the remedy.

use std::{net::SocketAddr, time::Duration};

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, Config, api::ListParams};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::{Failed, Run},
    controller::{cache_entry::CacheEntry, run::Loop},
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
const FIRST_ANSWER: Duration = Duration::from_secs(30);
/// Longest pause before STS is asked again at start.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs the operator until a signal stops it.
pub async fn operator(args: Run) -> Result<(), Failed> {
    log::start(&args.log, args.log_format).map_err(|error| Failed::Usage(error.to_string()))?;
    let stop = stop_on_signal()?;
    let served = Served::default();
    if let Some(address) = args.listen {
        listen(address, served.clone()).await?;
    }
    let Ready {
        client,
        ecs,
        operator,
    } = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        ready = prepare(&args, &served.health) => ready?,
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
    let watch = Loop::new(client, namespace, ecs, args.settings(), operator, health);
    let metrics = Metrics::new(&watch.reconciles(), &calls, watch.states());
    served.metrics.get_or_init(|| metrics);
    if watch.run(stop).await {
        tracing::info!("stopped");
        Ok(())
    } else {
        Err(Failed::WatchEnded)
    }
}

async fn listen(address: SocketAddr, served: Served) -> Result<(), Failed> {
    let address = serve(address, served).await.map_err(|error| {
        Failed::Machine(format!(
            "--listen: {address} cannot be listened on: {error}; choose another address or port"
        ))
    })?;
    tracing::info!(%address, "serving /healthz, /readyz and /metrics");
    Ok(())
}

/// What the loop needs.
struct Ready {
    client: Client,
    ecs: AwsEcs,
    operator: OperatorIdentity,
}

async fn prepare(args: &Run, health: &Health) -> Result<Ready, Failed> {
    let client = kubernetes().await?;
    let cluster_id = match ready(&client, args).await {
        Ok(cluster_id) => served_crd::check(&client).await.map(|()| cluster_id),
        Err(failed) => Err(failed),
    };
    health.kubernetes(cluster_id.as_ref().map(drop));
    let cluster_id = cluster_id?;
    let ecs = connected(args, health).await?;
    let caller = first_caller(&ecs).await?;
    let operator = OperatorIdentity {
        region: ecs.default_region().to_owned(),
        caller,
        cluster_id,
    };
    Ok(Ready {
        client,
        ecs,
        operator,
    })
}

/// Asks for credentials until there are some: STS or the Pod Identity agent may be away for a while.
async fn connected(args: &Run, health: &Health) -> Result<AwsEcs, Failed> {
    let mut pause = Duration::from_secs(1);
    loop {
        match AwsEcs::connect(args.aws_region.clone(), Timeouts::default()).await {
            Ok(ecs) => return Ok(ecs.with_health(health.clone())),
            Err(error @ ConnectError::Credentials(_)) => {
                tracing::warn!(%error, "there are no AWS credentials yet; they are asked for again");
                health.aws(Err(error));
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error @ (ConnectError::NoRegion | ConnectError::NoCredentials(_))) => {
                return Err(Failed::Aws(error.to_string()));
            }
        }
    }
}

/// Asks STS until it answers: what passes by itself must not end the process.
async fn first_caller(ecs: &impl Ecs) -> Result<Caller, Failed> {
    let mut pause = Duration::from_secs(1);
    loop {
        match ecs.caller().await {
            Ok(caller) => return Ok(caller),
            Err(failure) if failure.kind.class() == Class::Retry => {
                tracing::warn!(%failure, "AWS does not say yet whose the credentials are");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(failure) => return Err(Failed::Aws(failure.to_string())),
        }
    }
}

/// The first SIGTERM or SIGINT stops the watch and lets passes under way end; the second ends the process.
fn stop_on_signal() -> Result<CancellationToken, Failed> {
    let failed =
        |error: std::io::Error| Failed::Machine(format!("cannot listen for signals: {error}"));
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
            tracing::info!("stopping: passes under way are finished");
            token.cancel();
        }
    });
    Ok(stop)
}

async fn kubernetes() -> Result<Client, Failed> {
    let config = Config::infer().await.map_err(|error| {
        Failed::Kubernetes(format!(
            "no Kubernetes API server is configured: {error}; run in a cluster, or set KUBECONFIG"
        ))
    })?;
    Client::try_from(config).map_err(|error| {
        Failed::Kubernetes(format!(
            "the kubeconfig cannot be used: {error}; check KUBECONFIG"
        ))
    })
}

/// Asks for what the loop needs: the resource and the right to list it, and the cluster-id.
async fn ready(client: &Client, args: &Run) -> Result<String, Failed> {
    let objects: Api<CacheEntry> = match &args.namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    match within(objects.list(&ListParams::default().limit(1))).await? {
        Ok(_) => {}
        // A group that the API server does not know gets a plain 404, without a Status.
        Err(kube::Error::Api(status)) if status.code == 404 => return Err(Failed::CrdMissing),
        Err(kube::Error::Api(status)) if status.is_forbidden() => {
            return Err(Failed::Kubernetes(format!(
                "the operator may not list expressservices: {}; bind the ClusterRole of its chart to its ServiceAccount",
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
        Failed::Kubernetes(format!(
            "the namespace kube-system, whose UID is the cluster-id, cannot be read: {error}; allow it, or set --cluster-id"
        ))
    })?;
    kube_system.metadata.uid.ok_or_else(|| {
        Failed::Kubernetes("the namespace kube-system has no UID; set --cluster-id".into())
    })
}

async fn within<T>(
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<Result<T, kube::Error>, Failed> {
    tokio::time::timeout(FIRST_ANSWER, request).await.map_err(|_| {
        Failed::Kubernetes(format!(
            "the Kubernetes API server gave no answer within {FIRST_ANSWER:?}; check its address in the kubeconfig"
        ))
    })
}

fn unreachable(error: &kube::Error) -> Failed {
    Failed::Kubernetes(format!(
        "the Kubernetes API server cannot be reached or used: {error}; check its address and the credentials in the kubeconfig"
    ))
}
