//! A client of ECS for each Region that is in use.

use std::sync::{Mutex, PoisonError};

/// Clients that are kept. AWS has fewer Regions; the name of one may be anything, so more are no sign of use.
const KEPT: usize = 40;

/// Clients by Region, those used last at the end; beyond [`KEPT`] the one that was not used for longest goes.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<Vec<(String, aws_sdk_ecs::Client)>>);

impl Clients {
    /// The client of a Region, made where there is none.
    pub(super) fn of(
        &self,
        region: &str,
        make: impl FnOnce() -> aws_sdk_ecs::Client,
    ) -> aws_sdk_ecs::Client {
        // Whole at any time, whatever panics elsewhere.
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = clients.iter().position(|(known, _)| known == region);
        let entry = match known {
            Some(at) => clients.remove(at),
            None => (region.to_owned(), make()),
        };
        let client = entry.1.clone();
        clients.push(entry);
        if clients.len() > KEPT {
            clients.remove(0);
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Clients, KEPT};

    #[test]
    fn regions_in_use_keep_their_client_however_many_others_are_named() {
        let (clients, made) = (Clients::default(), Cell::new(0));
        let make = || {
            made.set(made.get() + 1);
            let version = aws_sdk_ecs::config::BehaviorVersion::v2026_01_12();
            let config = aws_sdk_ecs::Config::builder().behavior_version(version);
            aws_sdk_ecs::Client::from_conf(config.build())
        };
        for number in 0..3 * KEPT {
            clients.of("eu-west-1", make);
            clients.of(&format!("xx-nowhere-{number}"), make);
        }
        assert_eq!(made.get(), 1 + 3 * KEPT, "the one in use was made once");
        assert_eq!(clients.0.lock().unwrap().len(), KEPT);
    }
}
