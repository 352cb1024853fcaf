//! A client of ECS for each Region in use.

use std::sync::{Mutex, PoisonError};

/// Number of clients that are kept. AWS has fewer Regions, but a spec may name anything as its Region.
const MAX_KEPT: usize = 40;

/// Clients by Region, the most recently used last. Beyond [`MAX_KEPT`], the least recently used one is dropped.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<Vec<(String, aws_sdk_ecs::Client)>>);

impl Clients {
    /// Returns the client of a Region; creates it if there is none.
    pub(super) fn of(
        &self,
        region: &str,
        make: impl FnOnce() -> aws_sdk_ecs::Client,
    ) -> aws_sdk_ecs::Client {
        // Poisoning is ignored: no panic can leave the list inconsistent.
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = clients.iter().position(|(known, _)| known == region);
        let entry = match known {
            Some(at) => clients.remove(at),
            None => (region.to_owned(), make()),
        };
        let client = entry.1.clone();
        clients.push(entry);
        if clients.len() > MAX_KEPT {
            clients.remove(0);
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Clients, MAX_KEPT};

    #[test]
    fn a_region_in_use_keeps_its_client_however_many_others_are_named() {
        let (clients, made) = (Clients::default(), Cell::new(0));
        let make = || {
            made.set(made.get() + 1);
            let version = aws_sdk_ecs::config::BehaviorVersion::v2026_01_12();
            let config = aws_sdk_ecs::Config::builder().behavior_version(version);
            aws_sdk_ecs::Client::from_conf(config.build())
        };
        for number in 0..3 * MAX_KEPT {
            clients.of("eu-west-1", make);
            clients.of(&format!("xx-nowhere-{number}"), make);
        }
        assert_eq!(
            made.get(),
            1 + 3 * MAX_KEPT,
            "the client in use was created once"
        );
        assert_eq!(clients.0.lock().unwrap().len(), MAX_KEPT);
    }
}
