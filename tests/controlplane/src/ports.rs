//! Free ports on loopback.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::Error;

/// Below the range from which systems serve outgoing connections and port 0, so that no other process gets a port
/// between the check and the bind. Two harnesses start at different ports.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

static TAKEN: AtomicU16 = AtomicU16::new(0);

/// A free port on 127.0.0.1; a process gets no port twice before the range wraps around.
pub(crate) fn free() -> Result<u16, Error> {
    let start = (process::id().wrapping_mul(97) % u32::from(COUNT)) as u16;
    for _ in 0..COUNT {
        let port = FIRST + (start + TAKEN.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::NoPort {
        from: FIRST,
        to: FIRST + COUNT - 1,
    })
}
