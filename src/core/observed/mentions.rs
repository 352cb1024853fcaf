//! Whether a text of AWS names a member of a request.

/// Whether a text contains a name as a whole, in any case, and possibly in the plural. A name that is only a part of a longer
/// one, of a path or of an ARN does not count.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    text.match_indices(&name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = &text[start + name.len()..];
        let after = after.strip_prefix('s').unwrap_or(after).chars().next();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(|c| is_part(c) || "-/:".contains(c)) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_name_counts_as_a_whole_in_any_case_and_in_the_plural() {
        for (text, name) in [
            ("Invalid CPU value", "cpu"),
            ("primaryContainer.image: no such image", "image"),
            ("The security groups are of another VPC", "security group"),
            ("subnet-0a1b is not in the VPC", "subnet"),
            ("ExecutionRoleArn can not be blank.", "executionRoleArn"),
            ("cpuArchitecture and cpu do not fit", "cpu"),
        ] {
            assert!(mentions(text, name), "{name}: {text}");
        }
    }

    #[test]
    fn a_part_of_a_word_a_path_or_an_arn_does_not_count() {
        for (text, name) in [
            ("Invalid cpuArchitecture: RISCV", "cpu"),
            ("the reimaged host", "image"),
            ("descaling is not supported", "scaling"),
            ("no access to /aws/ecs/memory", "memory"),
            (
                "arn:aws:secretsmanager:eu-west-1:1:secret:a cannot be read",
                "secret",
            ),
            ("MAX_MEMORY is not set", "memory"),
        ] {
            assert!(!mentions(text, name), "{name}: {text}");
        }
    }
}
