//! Identifiers in the form that AWS generates. They are derived from a seed, so that runs are repeatable.

use serde::{Deserialize, Serialize};

/// A deterministic source of identifiers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identifiers {
    state: u64,
}

impl Identifiers {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A source whose identifiers depend only on a text.
    pub(crate) fn derived(text: &str) -> Self {
        let fnv = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self::new(text.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    /// Returns the next number of a splitmix64 sequence.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a string of this many hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(digits);
        text
    }

    /// Returns the 19 digits at the end of a service revision ARN.
    pub(crate) fn revision(&mut self) -> String {
        let span = 8_000_000_000_000_000_000;
        (1_000_000_000_000_000_000 + self.next() % span).to_string()
    }

    /// Returns the 22 characters at the end of a service deployment ARN.
    pub(crate) fn deployment(&mut self) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        (0..22)
            .map(|_| char::from(ALPHABET[(self.next() % 64) as usize]))
            .collect()
    }

    /// Returns the host part of a service URL: two letters, a dash, 32 hexadecimal digits.
    pub(crate) fn endpoint(&mut self) -> String {
        let mut letter = || char::from(b'a' + u8::try_from(self.next() % 26).unwrap_or(0));
        let letters: String = [letter(), letter()].iter().collect();
        format!("{letters}-{}", self.hex(32))
    }

    /// Returns a request id in the form of a UUID.
    pub(crate) fn request(&mut self) -> String {
        let hex = self.hex(32);
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}
