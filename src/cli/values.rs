//! Parsers for the values of flags. Each error names what is valid.

use std::time::Duration;

/// The value of an owner tag, by which an operator distinguishes its services from those of other clusters. A value
/// that a template left empty or unfilled is rejected, since it would be the same in two clusters.
pub(super) fn cluster_id(text: &str) -> Result<String, String> {
    const MAX_LENGTH: usize = 256;
    let is_allowed = |c: char| c.is_alphanumeric() || "_.:/=+-@".contains(c);
    let reserved = text.to_ascii_lowercase().starts_with("aws:");
    let fits = (1..=MAX_LENGTH).contains(&text.chars().count());
    if fits && !reserved && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not a valid id: use 1 to {MAX_LENGTH} letters, digits and \"_.:/=+-@\", not beginning with aws:, or unset it to use the UID of the namespace kube-system"
    ))
}

/// The name of a namespace. An empty one is rejected, since it does not mean all namespaces.
pub(super) fn namespace(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.len() <= 63 && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not the name of a namespace; unset it to watch all namespaces"
    ))
}

/// The name of a Region.
pub(super) fn region(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not an AWS Region, such as eu-west-1; unset it to use that of the AWS SDK's default chain"
    ))
}

/// A log filter. A word that is not a level would be taken for the name of a module and silence all others; an empty
/// filter would log only errors.
pub(super) fn log_filter(text: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level));
    let has_level = |directive: &str| directive.contains('=') || is_level(directive.trim());
    // The fields of a span may contain commas.
    if text.contains('[') || text.split(',').all(has_level) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not a log filter: use {}, or a module and a level as in \"info,ecs_express_operator=debug\"",
        LEVELS.join(", ")
    ))
}

/// A duration that is neither so short that it makes a hot loop, nor so long that it overflows when multiplied.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    const MIN: Duration = Duration::from_millis(100);
    const MAX: Duration = Duration::from_secs(10 * 366 * 24 * 3600);
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration < MIN {
        return Err(format!("{text} is shorter than 100ms"));
    }
    if duration > MAX {
        return Err(format!("{text} is longer than 10y"));
    }
    Ok(duration)
}

/// A rate that is not so low that nothing happens.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text
        .parse()
        .map_err(|_| format!("{text} is not a number"))?;
    if rate.is_finite() && rate >= 0.01 {
        Ok(rate)
    } else {
        Err(format!("{text} is not a number of at least 0.01"))
    }
}
