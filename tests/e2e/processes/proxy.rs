//! The proxy between one operator process and the outside: it counts the calls of the process, records them, and can
//! hold one of them, before it is forwarded or before its answer is returned.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use controlplane::ControlPlane;
use ecs_express_emulator::Emulator;
use futures::StreamExt;
use kube::{
    Client, Config,
    config::{AuthInfo, KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::{
    call::{Call, Kind},
    services::status_of,
};

/// How far the emulator's clock moves with each observation; otherwise it stands. So a process makes the same calls
/// however slow the machine is.
const TIME_OF_OBSERVATION: Duration = Duration::from_secs(100);

/// The call at which a process is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The n-th call, whatever it is; the first has the number 1.
    Number(usize),
    /// The first call of this kind.
    First(Kind),
}

/// Where a call is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before it is forwarded.
    Before,
    /// After it was served, before its answer is returned.
    After,
}

/// What has become of the call to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Progress {
    /// It has not been made.
    Awaited,
    /// A call of this kind is held.
    Held(Kind),
    /// It goes on.
    Released,
}

/// A call to hold.
struct Hold {
    process: usize,
    at: At,
    moment: Moment,
    /// The calls of the process so far, without those before the hold was set.
    counted: usize,
    progress: watch::Sender<Progress>,
}

/// A running proxy.
pub struct Proxy {
    shared: Arc<Shared>,
    api_server: Client,
    aws: Client,
}

struct Shared {
    calls: Mutex<Vec<Call>>,
    hold: Mutex<Option<Hold>>,
    /// Whether watches are open; closing ends those that run and holds new ones.
    watches: watch::Sender<bool>,
    /// Watches that the API server refused, or ended, because their resourceVersion is too old.
    expired_watches: AtomicUsize,
    emulator: Arc<Emulator>,
    /// The name of the object's service.
    service: String,
}

impl Proxy {
    /// A proxy for the API server and the emulator, in which the object's service has the name `service`.
    pub async fn new(plane: &ControlPlane, emulator: Arc<Emulator>, service: String) -> Self {
        let aws = client(Config::new(emulator.url().parse().unwrap()));
        let shared = Arc::new(Shared {
            calls: Mutex::default(),
            hold: Mutex::default(),
            watches: watch::Sender::new(true),
            expired_watches: AtomicUsize::new(0),
            emulator,
            service,
        });
        let kubeconfig = Kubeconfig::read_from(plane.admin_kubeconfig()).unwrap();
        let options = KubeConfigOptions::default();
        let api_server = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let mut api_server = api_server.unwrap();
        // The operator's own token goes through.
        api_server.auth_info = AuthInfo::default();
        Self {
            shared,
            api_server: client(api_server),
            aws,
        }
    }

    /// Starts to serve one process, by whose number its calls are recorded.
    pub async fn serve(&self, process: usize) -> Endpoints {
        let kubernetes = |parts: &Parts, _: &[u8]| Kind::of_kubernetes(parts);
        let upstream = |client: &Client, kind| Upstream {
            shared: self.shared.clone(),
            client: client.clone(),
            process,
            kind,
        };
        let (kubernetes, first) = listen(upstream(&self.api_server, kubernetes)).await;
        let (aws, second) = listen(upstream(&self.aws, Kind::of_aws)).await;
        Endpoints {
            kubernetes,
            aws,
            servers: [first, second],
        }
    }

    /// The calls that have reached their target, in the order of their answers.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Holds a call of a process; its calls before this are not counted.
    pub fn hold(&self, process: usize, at: At, moment: Moment) -> Held {
        let progress = watch::Sender::new(Progress::Awaited);
        let held = Held {
            progress: progress.clone(),
        };
        *self.shared.hold.lock().unwrap() = Some(Hold {
            process,
            at,
            moment,
            counted: 0,
            progress,
        });
        held
    }

    /// Ends all watches, and lets new ones wait until [`Self::open_watches`].
    pub fn close_watches(&self) {
        self.shared.watches.send_replace(false);
    }

    pub fn open_watches(&self) {
        self.shared.watches.send_replace(true);
    }

    /// How many watches ended because their resourceVersion was too old.
    pub fn expired_watches(&self) -> usize {
        self.shared.expired_watches.load(Ordering::Relaxed)
    }
}

/// The addresses at which a proxy serves one process. Dropping it stops that.
pub struct Endpoints {
    /// The URL of the API server, for a kubeconfig.
    pub kubernetes: String,
    /// The URL of ECS and STS.
    pub aws: String,
    servers: [JoinHandle<()>; 2],
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// A handle to the call that a proxy holds.
#[derive(Clone)]
pub struct Held {
    progress: watch::Sender<Progress>,
}

impl Held {
    /// Waits until the call is held, and returns what it is.
    pub async fn until_held(&self) -> Kind {
        let mut progress = self.progress.subscribe();
        let is_held = |progress: &Progress| matches!(progress, Progress::Held(_));
        match progress.wait_for(is_held).await.as_deref() {
            Ok(Progress::Held(kind)) => kind.clone(),
            Ok(Progress::Awaited | Progress::Released) | Err(_) => unreachable!("it is held"),
        }
    }

    /// Lets the call go on, also if its process has ended.
    pub fn release(&self) {
        self.progress.send_replace(Progress::Released);
    }
}

/// A client that does not retry: each request is one call.
fn client(mut target: Config) -> Client {
    target.default_retry = false;
    Client::try_from(target).unwrap()
}

/// What forwards the requests of one process to one target.
#[derive(Clone)]
struct Upstream {
    shared: Arc<Shared>,
    client: Client,
    process: usize,
    kind: fn(&Parts, &[u8]) -> Kind,
}

async fn listen(upstream: Upstream) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(handle).with_state(upstream);
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, server)
}

async fn handle(State(upstream): State<Upstream>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // A task of its own: a call that was made is not taken back by the end of its process.
    let call = tokio::spawn(upstream.pass(parts, body));
    call.await
        .unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
}

impl Upstream {
    async fn pass(self, parts: Parts, body: Bytes) -> Response {
        let kind = (self.kind)(&parts, &body);
        let hold = self.shared.count(self.process, &kind);
        if let Some((Moment::Before, progress)) = &hold {
            hold_until_released(progress, &kind).await;
        }
        if kind.is_watch() {
            let mut open = self.shared.watches.subscribe();
            let _ = open.wait_for(|open| *open).await;
        }
        let service = self.shared.service_status();
        let answered = self.forward(parts, &body, kind.is_watch()).await;
        let (response, text) = match answered {
            Ok(answered) => answered,
            Err(_) => (StatusCode::BAD_GATEWAY.into_response(), Bytes::new()),
        };
        if kind.is_observation() {
            self.shared.emulator.advance(TIME_OF_OBSERVATION);
        }
        let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        self.shared.calls.lock().unwrap().push(Call {
            kind: kind.clone(),
            process: self.process,
            service,
            status: response.status().as_u16(),
            request: json(&body),
            answer: json(&text),
        });
        if let Some((Moment::After, progress)) = &hold {
            hold_until_released(progress, &kind).await;
        }
        response
    }

    /// Sends a request to its target. The body of a watch is not read, only passed on.
    async fn forward(
        &self,
        mut parts: Parts,
        body: &Bytes,
        is_watch: bool,
    ) -> Result<(Response, Bytes), kube::Error> {
        parts.headers.remove(header::HOST);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = path.parse().unwrap_or_default();
        let request = Request::from_parts(parts, kube::client::Body::from(body.to_vec()));
        let response = self.client.send(request).await?;
        if response.status() == StatusCode::GONE {
            self.shared.expired_watches.fetch_add(1, Ordering::Relaxed);
        }
        let (mut parts, body) = response.into_parts();
        // The server sets these for the body that it sends.
        for name in [
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ] {
            parts.headers.remove(name);
        }
        let body = Body::new(body);
        if is_watch && parts.status.is_success() {
            let body = self.shared.watch_body(body);
            return Ok((Response::from_parts(parts, body), Bytes::new()));
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let response = Response::from_parts(parts, Body::from(bytes.clone()));
        Ok((response, bytes))
    }
}

async fn hold_until_released(progress: &watch::Sender<Progress>, kind: &Kind) {
    let mut released = progress.subscribe();
    progress.send_replace(Progress::Held(kind.clone()));
    // The sender is borrowed, so it cannot be dropped meanwhile.
    let _ = released
        .wait_for(|progress| *progress == Progress::Released)
        .await;
}

impl Shared {
    fn service_status(&self) -> Option<String> {
        let overview = self.emulator.with_model(|model| model.overview());
        status_of(&overview, &self.service)
    }

    /// Counts a call. Returns how to hold it if it is the one to hold.
    fn count(&self, process: usize, kind: &Kind) -> Option<(Moment, watch::Sender<Progress>)> {
        let mut hold = self.hold.lock().unwrap();
        let hold = hold.as_mut().filter(|hold| hold.process == process)?;
        hold.counted += 1;
        let reached = match &hold.at {
            At::Number(number) => hold.counted == *number,
            At::First(awaited) => kind == awaited,
        };
        let first = *hold.progress.borrow() == Progress::Awaited;
        (reached && first).then(|| (hold.moment, hold.progress.clone()))
    }

    /// The body of a watch, which ends when watches are closed.
    fn watch_body(self: &Arc<Self>, body: Body) -> Body {
        let mut open = self.watches.subscribe();
        let closed = async move {
            let _ = open.wait_for(|open| !*open).await;
        };
        let shared = self.clone();
        let events = body.into_data_stream().inspect(move |event| {
            let is_expired = |text: &[u8]| String::from_utf8_lossy(text).contains("\"code\":410");
            if event.as_ref().is_ok_and(|event| is_expired(event)) {
                shared.expired_watches.fetch_add(1, Ordering::Relaxed);
            }
        });
        Body::from_stream(events.take_until(Box::pin(closed)))
    }
}
