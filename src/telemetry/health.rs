//! Whether the operator can do its work, and if not, why.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What the operator needs, each with its present state. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Checks>>);

#[derive(Debug, Default)]
struct Checks {
    kubernetes: Check,
    aws: Check,
    watch: Check,
    trouble: Option<String>,
}

/// State of one need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Check {
    /// Nobody has looked yet.
    #[default]
    Pending,
    Ok,
    /// It is missing, with cause and next step.
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

/// An answer to `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether all needs are met.
    pub ready: bool,
    /// A line for each need.
    pub report: String,
}

impl Health {
    /// The API server knows the resource and lets the operator list it.
    pub fn kubernetes<E: fmt::Display>(&self, result: Result<(), E>) {
        self.note(|checks| &mut checks.kubernetes, Check::of(result));
    }

    /// AWS accepts the credentials.
    pub fn aws<E: fmt::Display>(&self, result: Result<(), E>) {
        self.note(|checks| &mut checks.aws, Check::of(result));
    }

    /// The list of all objects is in.
    pub fn synced(&self) {
        self.note(|checks| &mut checks.watch, Check::Ok);
    }

    /// The watch works again.
    pub fn goes_on(&self) {
        self.lock().trouble = None;
    }

    /// The watch has trouble, and tries again; that counts until it works again.
    pub fn trouble(&self, why: String) {
        self.lock().trouble = Some(why);
    }

    fn note(&self, which: impl Fn(&mut Checks) -> &mut Check, now: Check) {
        *which(&mut self.lock()) = now;
    }

    fn lock(&self) -> MutexGuard<'_, Checks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all needs are met, and what is missing.
    pub fn readiness(&self) -> Readiness {
        let checks = self.lock();
        let Checks {
            kubernetes,
            aws,
            watch,
            trouble,
        } = &*checks;
        let troubled = trouble.clone().map(Check::Failed);
        let watch = troubled.as_ref().unwrap_or(watch);
        let all = [("kubernetes", kubernetes), ("aws", aws), ("watch", watch)];
        let mut report = String::new();
        for (name, check) in all {
            let (mark, says) = match check {
                Check::Pending => ('-', "not asked yet"),
                Check::Ok => ('+', "ok"),
                Check::Failed(why) => ('-', why.as_str()),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(report, "[{mark}] {name}: {says}");
        }
        Readiness {
            ready: all.iter().all(|(_, check)| **check == Check::Ok),
            report,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Health;

    #[test]
    fn ready_only_while_every_need_is_met_and_the_report_says_what_is_missing() {
        let health = Health::default();
        assert!(!health.readiness().ready);
        health.kubernetes(Ok::<(), String>(()));
        health.aws(Err("no credentials; give the ServiceAccount a role"));
        health.synced();
        let readiness = health.readiness();
        assert!(!readiness.ready);
        assert_eq!(
            readiness.report,
            "[+] kubernetes: ok\n[-] aws: no credentials; give the ServiceAccount a role\n[+] watch: ok\n"
        );
        health.aws(Ok::<(), String>(()));
        assert!(health.readiness().ready);
        health.trouble("the watch broke; it is tried again".into());
        assert!(!health.readiness().ready);
        health.goes_on();
        assert!(health.readiness().ready);
    }
}
