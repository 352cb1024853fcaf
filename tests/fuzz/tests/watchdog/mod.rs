//! Limits for each input: its time, and the memory of the process.

use std::{
    fs,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

/// Longest time for one input, on a busy machine and without optimisation. Usual inputs take a millisecond.
const TIME: Duration = Duration::from_secs(30);
/// Most memory of the process, in bytes.
const MEMORY: u64 = 1 << 30;

/// Ends the process if an input takes too long, since a thread cannot be stopped.
pub struct Watchdog {
    running: Sender<Option<String>>,
}

impl Watchdog {
    pub fn start() -> Self {
        let (running, received) = mpsc::channel::<Option<String>>();
        thread::spawn(move || {
            let mut input = None;
            loop {
                let next = match &input {
                    Some(_) => received.recv_timeout(TIME),
                    None => received.recv().map_err(RecvTimeoutError::from),
                };
                match next {
                    Ok(next) => input = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        let input = input.unwrap_or_default();
                        eprintln!("{input}: not done after {TIME:?}");
                        std::process::abort();
                    }
                }
            }
        });
        Self { running }
    }

    /// Runs one input. If it panics, its name is printed.
    pub fn run(&self, input: String, work: impl FnOnce()) {
        let named = Named(&input);
        self.running.send(Some(input.clone())).unwrap();
        work();
        self.running.send(None).unwrap();
        drop(named);
        let used = peak_memory();
        assert!(used <= MEMORY, "{input}: {used} bytes");
    }
}

/// Prints the name of an input if it is dropped in a panic.
struct Named<'a>(&'a str);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the input was {}", self.0);
        }
    }
}

/// The most memory that this process has had; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}
