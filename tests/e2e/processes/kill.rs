//! Kills of operator processes, each during one of its calls, in the course of a lifecycle.

use std::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    call::Kind,
    checks::violations,
    cluster::Cluster,
    lifecycle::Lifecycle,
    proxy::{At, Moment},
    testbed::Testbed,
};

/// What becomes of the call during which a process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFate {
    /// It never reaches its target.
    Dropped,
    /// It is served, and its answer never arrives.
    AnswerLost,
    /// It reaches its target after the next process has observed the service twice. Only for the last kill.
    ServedLate,
}

impl CallFate {
    pub const ALL: [Self; 3] = [Self::Dropped, Self::AnswerLost, Self::ServedLate];

    fn moment(self) -> Moment {
        match self {
            Self::Dropped | Self::ServedLate => Moment::Before,
            Self::AnswerLost => Moment::After,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Kill {
    pub at: At,
    pub fate: CallFate,
}

/// A lifecycle in which the first process is killed, then the next one, and so on.
#[derive(Clone, Debug)]
pub struct Point {
    pub lifecycle: Lifecycle,
    pub kills: Vec<Kill>,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.lifecycle)?;
        for Kill { at, fate } in &self.kills {
            match at {
                At::Number(number) => write!(f, ", call {number} {fate:?}")?,
                At::First(kind) => write!(f, ", {kind} {fate:?}")?,
            }
        }
        Ok(())
    }
}

/// What came of a point.
pub struct Outcome {
    pub point: Point,
    /// The namespace, and the name of the log file.
    pub namespace: String,
    /// The calls during which processes were killed; fewer than the kills if the lifecycle ended before.
    pub killed_at: Vec<Kind>,
    /// The calls of the process that finished the lifecycle.
    pub last_calls: Vec<Kind>,
    pub violations: Vec<String>,
}

impl Outcome {
    /// Whether all calls were made, and their processes killed.
    pub fn is_reached(&self) -> bool {
        self.killed_at.len() == self.point.kills.len()
    }
}

/// Runs a lifecycle, with the kills, and checks what must hold.
pub async fn kill_at(point: Point) -> Outcome {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let lifecycle = point.lifecycle;
    let namespace = format!("{lifecycle:?}-{number}").to_lowercase();
    let testbed = Testbed::new(Cluster::shared().await, &namespace).await;
    let prepared = lifecycle.prepare(&testbed).await;
    let before = testbed.proxy.calls().len();
    let (killed_at, ended) = match prepared {
        Ok(()) => disturbed(&testbed, &point).await,
        Err(error) => (Vec::new(), Err(error)),
    };
    let calls = testbed.proxy.calls().split_off(before);
    let last_calls = calls
        .into_iter()
        .filter(|call| call.process == killed_at.len())
        .map(|call| call.kind);
    let last_calls = last_calls.collect();
    let ended = match ended {
        Ok(()) => testbed.until_observed_again().await,
        Err(error) => Err(error),
    };
    let mut violations = violations(lifecycle, &testbed);
    violations.extend(ended.err());
    Outcome {
        point,
        namespace,
        killed_at,
        last_calls,
        violations,
    }
}

/// Runs a lifecycle, with the kills. Returns the calls at which processes were killed, and how the lifecycle ended.
async fn disturbed(testbed: &Testbed, point: &Point) -> (Vec<Kind>, Result<(), String>) {
    let hold = |process: usize| {
        let kill = point.kills.get(process)?;
        let held = testbed
            .proxy
            .hold(process, kill.at.clone(), kill.fate.moment());
        Some((kill.fate, held))
    };
    let mut next = hold(0);
    let mut killed_at = Vec::new();
    let mut user = pin!(point.lifecycle.run(testbed));
    while let Some((fate, held)) = next {
        let process = killed_at.len();
        tokio::select! {
            biased;
            kind = held.until_held() => killed_at.push(kind),
            ended = &mut user => return (killed_at, ended),
        }
        testbed.kill_operator(process);
        next = hold(process + 1);
        testbed.start_operator().await;
        if fate == CallFate::ServedLate {
            // Without these observations, the object is gone, and the lifecycle with it.
            let ended = tokio::select! {
                () = second_observation(testbed, process + 1) => None,
                ended = &mut user => Some(ended),
            };
            held.release();
            if let Some(ended) = ended {
                return (killed_at, ended);
            }
        }
    }
    (killed_at, user.await)
}

/// Waits until a process has observed the service twice: first with what the former process has stored, then with what
/// it has concluded from that.
async fn second_observation(testbed: &Testbed, process: usize) {
    let observed = testbed.until_calls("the next process to observe", |calls| {
        let calls = calls.iter().filter(|call| call.process == process);
        calls.filter(|call| call.kind.is_observation()).count() >= 2
    });
    // Without that, the lifecycle says why it did not end.
    let _ = observed.await;
}
