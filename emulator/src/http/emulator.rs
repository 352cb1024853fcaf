//! The emulator as a value: bound, serving, and gone when it is dropped.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    control::Hosts, routes::router, server, shared_model::SharedModel, state_writer::StateWriter,
};
use crate::model::{ApiError, Call, Change, Fault, Model, Outcome, Settings};
use crate::state_file::{StateFile, StateFileError};

/// A running emulator. Dropping it stops it.
pub struct Emulator {
    shared: SharedModel,
    address: SocketAddr,
    state_writer: Option<Arc<StateWriter>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Starts on an ephemeral port of the loopback interface.
    ///
    /// # Errors
    /// If no port can be bound, or the settings cannot work.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await
    }

    /// Starts on the given address. Its virtual clock begins at the real time.
    ///
    /// # Errors
    /// If the address cannot be bound, or the settings cannot work.
    pub async fn listen(address: SocketAddr, settings: Settings) -> io::Result<Self> {
        settings.check().map_err(io::Error::other)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let model = Model::new(Settings {
            start_time: now.map_or(settings.start_time, |now| now.as_secs()),
            ..settings
        });
        Self::with(address, model).await
    }

    /// Starts on the given address with a model that there is already, whose clock goes on from where it stands.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn with(address: SocketAddr, mut model: Model) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        model.set_endpoint_base(format!("http://{}", reachable(address)));
        let shared = SharedModel::new(model);
        let hosts = if address.ip().is_loopback() {
            Hosts::Local
        } else {
            Hosts::Any
        };
        let server = tokio::spawn(server::serve(listener, router(shared.clone(), hosts)));
        Ok(Self {
            shared,
            address,
            state_writer: None,
            tasks: vec![server],
        })
    }

    /// Writes the state to this file from now on, after changes.
    pub fn keep_in(&mut self, file: StateFile) {
        let state_writer = StateWriter::new(self.shared.clone(), file);
        self.tasks.push(state_writer.spawn());
        self.state_writer = Some(state_writer);
    }

    /// Writes the state, with the clock as it is now, if there is a file for it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub async fn save(&self) -> Result<(), StateFileError> {
        match &self.state_writer {
            Some(state_writer) => state_writer.finish().await,
            None => Ok(()),
        }
    }

    /// What `AWS_ENDPOINT_URL` is to be set to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next matching calls are answered with an error.
    pub fn fail_next(&self, fault: Fault) {
        self.with_model(|model| model.fail_next(fault));
    }

    /// The next deployment of a service of this name goes so.
    pub fn set_outcome(&self, service: &str, outcome: Outcome) {
        self.with_model(|model| model.set_outcome(service, outcome, None));
    }

    /// Makes a change behind the back of whoever uses the API.
    ///
    /// # Errors
    /// What the API would answer to the same request.
    pub fn change(&self, change: Change) -> Result<(), ApiError> {
        self.with_model(|model| model.change(change))
    }

    /// Lays settings over those in force; members as in `POST /_emulator/settings`.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
    pub fn change_settings(&self, changes: &Value) -> Result<(), String> {
        self.with_model(|model| model.change_settings(changes))
    }

    /// Moves the virtual clock.
    pub fn advance(&self, span: Duration) {
        self.with_model(|model| model.advance(span));
    }

    /// The calls so far, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.with_model(|model| model.calls())
    }

    /// Works on the model directly, its clock last_advance first.
    pub fn with_model<T>(&self, work: impl FnOnce(&mut Model) -> T) -> T {
        self.shared.with_model(work)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// An address to call: the loopback one where all are listened on.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
    } else {
        address
    }
}
