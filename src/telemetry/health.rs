//! Readiness: whether the operator can do its work, and if not, why.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long failures of AWS that may pass have to last before the operator is not ready. It is then still at work.
const TOLERATED: Duration = Duration::from_secs(30);

/// The readiness checks with their current results. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Checks>>);

#[derive(Debug, Default)]
struct Checks {
    kubernetes: Check,
    aws: Check,
    /// When AWS began to fail in a way that may pass.
    aws_fails_since: Option<Instant>,
    watch: Check,
    watch_failure: Option<String>,
}

/// Result of one check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Check {
    /// Not checked yet.
    #[default]
    Pending,
    Ok,
    /// Failed, with the cause and the next step.
    Failed(String),
}

impl Check {
    fn of<E: fmt::Display>(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::Ok,
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// The answer to `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether all checks pass.
    pub ready: bool,
    /// A line for each check.
    pub report: String,
}

impl Health {
    /// Records whether the API server knows the resource and lets the operator list it.
    pub fn set_kubernetes<E: fmt::Display>(&self, result: Result<(), E>) {
        self.lock().kubernetes = Check::of(result);
    }

    /// Records whether AWS accepts the credentials.
    pub fn set_aws<E: fmt::Display>(&self, result: Result<(), E>) {
        let mut checks = self.lock();
        checks.aws = Check::of(result);
        checks.aws_fails_since = None;
    }

    /// Records that it is open whether AWS accepts the credentials, for a cause that may pass. That counts as a
    /// failure if AWS has not accepted them before, or once it has lasted for 30 seconds.
    pub fn aws_fails<E: fmt::Display>(&self, error: E) {
        self.aws_fails_at(error, Instant::now());
    }

    fn aws_fails_at<E: fmt::Display>(&self, error: E, now: Instant) {
        let mut checks = self.lock();
        let since = *checks.aws_fails_since.get_or_insert(now);
        if checks.aws != Check::Ok || now.saturating_duration_since(since) >= TOLERATED {
            checks.aws = Check::Failed(error.to_string());
        }
    }

    /// Records that the list of all objects is complete.
    pub fn synced(&self) {
        self.lock().watch = Check::Ok;
    }

    /// Records that the watch works again.
    pub fn watch_recovered(&self) {
        self.lock().watch_failure = None;
    }

    /// Records that the watch fails, until [`Health::watch_recovered`].
    pub fn watch_failed(&self, cause: String) {
        self.lock().watch_failure = Some(cause);
    }

    fn lock(&self) -> MutexGuard<'_, Checks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether all checks pass, and a report on each.
    pub fn readiness(&self) -> Readiness {
        let checks = self.lock();
        let Checks {
            kubernetes,
            aws,
            aws_fails_since: _,
            watch,
            watch_failure,
        } = &*checks;
        let failed = watch_failure.clone().map(Check::Failed);
        let watch = failed.as_ref().unwrap_or(watch);
        let all = [("kubernetes", kubernetes), ("aws", aws), ("watch", watch)];
        let mut report = String::new();
        for (name, check) in all {
            let (mark, text) = match check {
                Check::Pending => ('-', "not checked yet"),
                Check::Ok => ('+', "ok"),
                Check::Failed(cause) => ('-', cause.as_str()),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(report, "[{mark}] {name}: {text}");
        }
        Readiness {
            ready: all.iter().all(|(_, check)| **check == Check::Ok),
            report,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_ready_only_while_every_check_passes_and_the_report_says_what_fails() {
        let health = Health::default();
        assert!(!health.readiness().ready);
        health.set_kubernetes(Ok::<(), String>(()));
        health.set_aws(Err("no credentials; give the ServiceAccount a role"));
        health.synced();
        let readiness = health.readiness();
        assert!(!readiness.ready);
        assert_eq!(
            readiness.report,
            "[+] kubernetes: ok\n[-] aws: no credentials; give the ServiceAccount a role\n[+] watch: ok\n"
        );
        health.set_aws(Ok::<(), String>(()));
        assert!(health.readiness().ready);
        health.watch_failed("the watch failed".into());
        assert!(!health.readiness().ready);
        health.watch_recovered();
        assert!(health.readiness().ready);
    }

    #[test]
    fn a_failure_of_aws_that_may_pass_counts_once_it_has_lasted() {
        let health = Health::default();
        let start = Instant::now();
        let fails = |seconds| {
            health.aws_fails_at("no answer in time", start + Duration::from_secs(seconds));
            health.readiness().report.contains("[-] aws: no answer")
        };
        assert!(fails(0), "it has never worked");
        let works = || health.set_aws(Ok::<(), String>(()));
        works();
        assert!(!fails(100) && !fails(101) && !fails(129));
        works();
        assert!(!fails(130) && !fails(159) && fails(160));
        assert!(fails(161), "until AWS answers");
        works();
        assert!(!fails(162));
        health.set_aws(Err("the security token is expired"));
        assert!(health.readiness().report.contains("[-] aws: the security"));
    }
}
