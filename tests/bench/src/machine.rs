//! The machine, and the resources that a process uses, from `/proc`.

use std::{fs, time::Duration};

/// Processor, cores, memory and kernel.
pub fn describe() -> String {
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let gigabytes = kilobytes(&read("/proc/meminfo"), "MemTotal:") as f64 / 1e6;
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{model}, {cores} cores, {gigabytes:.0} GB, Linux {}",
        kernel.trim()
    )
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All resident pages.
    pub rss: u64,
    /// Resident pages without a file.
    pub anonymous: u64,
}

/// Resident memory of a process.
pub fn memory(pid: u32) -> Memory {
    let status = read(&format!("/proc/{pid}/status"));
    Memory {
        rss: kilobytes(&status, "VmRSS:") * 1024,
        anonymous: kilobytes(&status, "RssAnon:") * 1024,
    }
}

/// User and system time of a process.
pub fn cpu(pid: u32) -> Duration {
    // Linux counts in hundredths of a second for every program (USER_HZ).
    const TICK: Duration = Duration::from_millis(10);
    let stat = read(&format!("/proc/{pid}/stat"));
    // The name, in parentheses, may hold blanks: fields 14 and 15 are the 12th and 13th after it.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.map(|field| field.parse::<u32>().unwrap()).sum();
    TICK * ticks
}

/// Time that this thread has had a core.
pub fn thread_cpu() -> Duration {
    let stat = read("/proc/thread-self/schedstat");
    let nanoseconds = stat.split_whitespace().next();
    Duration::from_nanos(nanoseconds.and_then(|n| n.parse().ok()).unwrap_or(0))
}

fn kilobytes(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
