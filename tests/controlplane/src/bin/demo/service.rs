//! An ExpressService as the demo reads it.

use serde_json::Value;

/// An ExpressService as the API server shows it.
#[derive(Debug)]
pub(crate) struct Service(Value);

impl Service {
    pub(crate) fn parse(json: &str) -> Result<Self, String> {
        serde_json::from_str(json)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Whether `Ready` is True for the spec as it stands now.
    pub(crate) fn is_ready(&self) -> bool {
        let generation = &self.0["metadata"]["generation"];
        let current = generation.is_i64() && self.0["status"]["observedGeneration"] == *generation;
        current
            && self
                .condition("Ready")
                .is_some_and(|ready| ready["status"] == "True")
    }

    pub(crate) fn url(&self) -> Result<String, String> {
        let url = self.0["status"]["url"].as_str();
        url.map(Into::into)
            .ok_or_else(|| format!("the service has no URL; {}", self.summary()))
    }

    /// Image and ARN of the revision that runs, if it is only one.
    pub(crate) fn running(&self) -> Option<(String, String)> {
        match self.0["status"]["revisions"].as_array()?.as_slice() {
            [revision] => Some((
                revision["image"].as_str()?.into(),
                revision["arn"].as_str()?.into(),
            )),
            _ => None,
        }
    }

    /// The image that the spec asks for.
    pub(crate) fn image(&self) -> &str {
        self.0["spec"]["primaryContainer"]["image"]
            .as_str()
            .unwrap_or_default()
    }

    /// A description for the error when an awaited state does not arrive.
    pub(crate) fn summary(&self) -> String {
        let Some(ready) = self.condition("Ready") else {
            return "no condition Ready".into();
        };
        let text = |name: &str| ready[name].as_str().unwrap_or("?").to_string();
        let running = self
            .running()
            .map_or("not one revision".into(), |(image, _)| image);
        format!(
            "Ready={} ({}): {}; running {running}",
            text("status"),
            text("reason"),
            text("message")
        )
    }

    fn condition(&self, name: &str) -> Option<&Value> {
        self.0["status"]["conditions"]
            .as_array()?
            .iter()
            .find(|condition| condition["type"] == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const READY: &str = r#"{
        "metadata": { "generation": 2 },
        "status": {
            "observedGeneration": 2,
            "conditions": [{ "type": "Ready", "status": "True", "reason": "Running", "message": "it runs" }],
            "revisions": [{ "arn": "arn:1", "image": "nginx:1" }]
        }
    }"#;

    #[test]
    fn ready_counts_only_for_the_current_generation() {
        assert!(Service::parse(READY).unwrap().is_ready());
        let edited = READY.replace(r#""generation": 2"#, r#""generation": 3"#);
        assert!(!Service::parse(&edited).unwrap().is_ready());
        assert!(!Service::parse("{}").unwrap().is_ready());
    }

    #[test]
    fn the_summary_says_what_is_there() {
        assert_eq!(
            Service::parse(READY).unwrap().summary(),
            "Ready=True (Running): it runs; running nginx:1"
        );
        assert_eq!(
            Service::parse("{}").unwrap().summary(),
            "no condition Ready"
        );
    }
}
