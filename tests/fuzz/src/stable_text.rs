//! Free texts of AWS without secret values: bounded, and the same at each observation.

use ecs_express_operator::core::redaction::redact::Redactor;

/// Longest text that is reported, with its mark.
const LONGEST: usize = 701;

/// In the input, `{id}` stands for a request id and `{at}` for a time.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let shown = |id: &str, at: &str| -> String {
        let text = text.replace("{id}", id).replace("{at}", at);
        Redactor::nothing_hidden().show(&text).into()
    };
    let first = shown(
        "6e0ba6d8-0c5a-4a9b-8f0e-1b2c3d4e5f60",
        "2026-11-24T22:22:54Z",
    );
    assert!(first.chars().count() <= LONGEST, "{first}");
    assert_eq!(
        first.split_whitespace().collect::<Vec<_>>().join(" "),
        first
    );
    let alone = |mark: &str| text.split_whitespace().filter(|word| *word == mark).count();
    let both = text.matches("{id}").count() + text.matches("{at}").count();
    if both == alone("{id}") + alone("{at}") {
        let second = shown(
            "aaaaaaaa-1111-4a9b-8f0e-999999999999",
            "2026-11-25T01:02:03Z",
        );
        assert_eq!(first, second, "each observation would be a change");
    }
}
