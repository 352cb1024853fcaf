//! Errors of the API server, without the values that it quotes.

use crate::controller::objects::ObjectsError;

/// What precedes a value that the API server quotes, as in `spec.cpu: Invalid value: "x": …` or `Duplicate value: …`.
const QUOTES: &str = " value: ";

/// Replaces a value.
const NOT_SHOWN: &str = "(not shown)";

/// Why a request failed, without quoted values: a field of the spec may hold a secret, and a rejected object may be one
/// that could not be parsed, so its secrets are unknown.
pub(super) fn refusal(error: kube::Error) -> ObjectsError {
    match error {
        kube::Error::Api(status) if status.is_conflict() => ObjectsError::Conflict,
        kube::Error::Api(status) if status.is_not_found() => ObjectsError::NotFound,
        kube::Error::Api(status) if status.is_invalid() => {
            ObjectsError::Invalid(without_values(&status.message))
        }
        // The text of kube's error is the debug form of the whole status.
        kube::Error::Api(status) => ObjectsError::Other(format!(
            "{} ({} {})",
            without_values(&status.message),
            status.code,
            status.reason
        )),
        // The parser quotes unexpected values.
        kube::Error::SerdeError(_) => ObjectsError::Other(
            "the answer does not match this version of the CustomResourceDefinition".to_owned(),
        ),
        error => ObjectsError::Other(error.to_string()),
    }
}

fn without_values(message: &str) -> String {
    let mut shown = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(QUOTES) {
        let (before, after) = rest.split_at(at + QUOTES.len());
        shown.push_str(before);
        shown.push_str(NOT_SHOWN);
        rest = &after[end_of_value(after)..];
    }
    shown + rest
}

/// Where a value ends: a string after its closing quote, anything else before the reason, or at the end of the text.
fn end_of_value(text: &str) -> usize {
    let Some(string) = text.strip_prefix('"') else {
        return text.find(": ").unwrap_or(text.len());
    };
    let mut escaped = false;
    for (at, c) in string.char_indices() {
        match c {
            '"' if !escaped => return at + 2,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn no_quoted_value_is_shown_and_the_reasons_are() {
        for (message, shown) in [
            (
                r#"ExpressService "shop" is invalid: spec.cpu: Invalid value: "s3\"cr3t\\": too small"#,
                r#"ExpressService "shop" is invalid: spec.cpu: Invalid value: (not shown): too small"#,
            ),
            (
                r#"[a: Too long: may not be more than 3 bytes, b: Unsupported value: "s3cr3t": supported values: "x", c: Invalid value: {"name":"A","value":"s3cr3t"}: no]"#,
                r#"[a: Too long: may not be more than 3 bytes, b: Unsupported value: (not shown): supported values: "x", c: Invalid value: (not shown): no]"#,
            ),
            (
                r#"status.revisions[1]: Duplicate value: {"arn":"x"}"#,
                "status.revisions[1]: Duplicate value: (not shown)",
            ),
            (
                r#"a: Invalid value: "s3cr3t"#,
                "a: Invalid value: (not shown)",
            ),
            (
                "etcdserver: request timed out",
                "etcdserver: request timed out",
            ),
        ] {
            assert_eq!(without_values(message), shown);
        }
    }
}
