//! A running emulator as a value.

use std::{
    fmt, io,
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

/// A running emulator with its HTTP server. Dropping it stops the server.
pub struct Emulator {
    shared: SharedModel,
    address: SocketAddr,
    state_writer: Option<Arc<StateWriter>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on an ephemeral port of the loopback interface.
    ///
    /// # Errors
    /// Returns an error if no port can be bound or the settings are invalid.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await
    }

    /// Starts an emulator on this address. Its virtual clock starts at the current real time.
    ///
    /// # Errors
    /// Returns an error if the address cannot be bound or the settings are invalid.
    pub async fn listen(address: SocketAddr, settings: Settings) -> io::Result<Self> {
        settings.check().map_err(io::Error::other)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let model = Model::new(Settings {
            start_time: now.map_or(settings.start_time, |now| now.as_secs()),
            ..settings
        });
        Self::serve(address, model).await
    }

    /// Starts an emulator on this address with an existing model, whose clock continues.
    ///
    /// # Errors
    /// Returns an error if the address cannot be bound.
    pub async fn serve(address: SocketAddr, mut model: Model) -> io::Result<Self> {
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

    /// Saves the state to this file from now on, after each change.
    pub fn save_to(&mut self, file: StateFile) {
        let state_writer = StateWriter::new(self.shared.clone(), file);
        self.tasks.push(state_writer.spawn());
        self.state_writer = Some(state_writer);
    }

    /// Saves the state, including the current time of the clock, if there is a state file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub async fn save(&self) -> Result<(), StateFileError> {
        match &self.state_writer {
            Some(state_writer) => state_writer.finish().await,
            None => Ok(()),
        }
    }

    /// Returns the value for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// Returns the port on which the emulator listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Injects a fault into the next matching calls.
    pub fn fail_next(&self, fault: Fault) {
        self.with_model(|model| model.fail_next(fault));
    }

    /// Plans the outcome of the next deployment of the service with this name.
    pub fn set_outcome(&self, service: &str, outcome: Outcome) {
        self.with_model(|model| model.set_outcome(service, outcome, None));
    }

    /// Applies a change outside the recorded calls, as by another user.
    ///
    /// # Errors
    /// Returns the error with which the API would answer such a request.
    pub fn change(&self, change: Change) -> Result<(), ApiError> {
        self.with_model(|model| model.change(change))
    }

    /// Changes the settings that `changes` names, a JSON object as in `POST /_emulator/settings`.
    ///
    /// # Errors
    /// Returns a message that names the invalid setting and what is allowed.
    pub fn change_settings(&self, changes: &Value) -> Result<(), String> {
        self.with_model(|model| model.change_settings(changes))
    }

    /// Advances the virtual clock and takes every step that becomes due.
    pub fn advance(&self, span: Duration) {
        self.with_model(|model| model.advance(span));
    }

    /// Returns the calls so far, oldest first. Only the newest ten thousand are kept.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.with_model(|model| model.calls())
    }

    /// Runs a function on the model, after advancing its clock by the real time that has passed.
    pub fn with_model<T>(&self, work: impl FnOnce(&mut Model) -> T) -> T {
        self.shared.with_model(work)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Returns an address to call: the loopback address if the emulator listens on all.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
    } else {
        address
    }
}
