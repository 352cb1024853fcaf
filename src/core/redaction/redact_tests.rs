use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{LONGEST_READ, PLACEHOLDER, Quotation, Redactor};
use crate::core::desired::{
    configuration::{Configuration, Container},
    redacted::Redacted,
};

fn redactor_of(values: &[&str]) -> Redactor {
    let values = values.iter().enumerate();
    let environment: BTreeMap<_, _> = values
        .map(|(number, value)| (number.to_string(), Redacted::new(*value)))
        .collect();
    Redactor::of(&Configuration {
        container: Some(Container {
            environment,
            command: vec![Redacted::new("--flag")],
            ..Container::default()
        }),
        ..Configuration::default()
    })
}

fn redacted(values: &[&str], text: &str) -> String {
    redactor_of(values).show(text).into()
}

#[test]
fn a_quoted_value_and_a_quoted_word_of_the_command_are_redacted() {
    let text = "value 's3cr3t' of A and argument --flag, not --flags, are wrong";
    assert_eq!(
        redacted(&["s3cr3t"], text),
        "value '(hidden)' of A and argument (hidden), not --flags, are wrong"
    );
}

#[test]
fn a_short_value_is_redacted_only_where_it_stands_alone() {
    let text = "A=1, subnet-1 and shop-1.1 in eu-west-1 want 1 to 10 tasks, is true: untrue.";
    assert_eq!(
        redacted(&["1", "true"], text),
        "A=(hidden), subnet-1 and shop-1.1 in eu-west-1 want (hidden) to 10 tasks, is (hidden): untrue."
    );
}

#[test]
fn a_region_or_an_account_in_the_environment_leaves_arns_intact() {
    let text = "arn:aws:ecs:eu-west-1:123456789012:service/web/shop is not in eu-west-1";
    assert_eq!(
        redacted(&["eu-west-1", "123456789012"], text),
        "arn:aws:ecs:eu-west-1:123456789012:service/web/shop is not in (hidden)"
    );
}

#[test]
fn a_long_value_is_redacted_inside_other_words_too() {
    let value = "correct-horse-battery";
    assert_eq!(redacted(&[value], &format!("x{value}y")), "x(hidden)y");
}

#[test]
fn a_value_is_redacted_in_every_escaped_form_and_with_other_whitespace() {
    let value = "a \"b\"\n  <ü> & c";
    for quoted in [
        "a \"b\"\n  <ü> & c",
        "a \"b\" <ü> & c",
        r#"a \"b\"\n  <ü> & c"#,
        r#"a \"b\"\n  <\u00fc> & c"#,
        r#"a \\\"b\\\"\\n  <ü> & c"#,
        "a%20%22b%22%0A%20%20%3C%C3%BC%3E%20%26%20c",
        "a+%22b%22%0A++%3C%C3%BC%3E+%26+c",
        "a &quot;b&quot; &lt;ü&gt; &amp; c",
    ] {
        let text = format!("value '{quoted}' is wrong");
        assert_eq!(
            redacted(&[value], &text),
            "value '(hidden)' is wrong",
            "{quoted}"
        );
    }
}

#[test]
fn a_value_is_redacted_in_json_that_is_escaped_for_html() {
    // The escapes of Go, in which the API server is written, and of Java's Gson.
    let value = "a<b>&c='d'==";
    for quoted in [
        r"a\u003cb\u003e\u0026c='d'==",
        r"a\u003cb\u003e\u0026c\u003d\u0027d\u0027\u003d\u003d",
    ] {
        let text = format!("value \"{quoted}\" is wrong");
        assert_eq!(redacted(&[value], &text), "value \"(hidden)\" is wrong");
    }
}

#[test]
fn a_value_in_which_the_text_breaks_off_is_redacted() {
    let value = "0123456789".repeat(200);
    for text in [
        format!("value '{value}' is too long"),
        format!("value '{}", &value[..900]),
        format!("value '{}...", &value[..30]),
        format!("value '{}…", &value[..8]),
    ] {
        assert!(
            redacted(&[&value], &text).starts_with("value '(hidden)"),
            "{text}"
        );
    }
}

#[test]
fn the_longest_of_overlapping_values_is_redacted_as_a_whole() {
    let values = ["first", "first and second", "second"];
    assert_eq!(redacted(&values, "<first and second>"), "<(hidden)>");
}

#[test]
fn empty_values_and_the_placeholder_itself_change_nothing() {
    let text = "nothing is (hidden) here";
    assert_eq!(redacted(&["", " ", "hidden"], text), text);
    let redactor = redactor_of(&["here"]);
    let once = redactor.show(text);
    assert_eq!(redactor.show(&once), once, "redacted twice");
}

#[test]
fn the_debug_output_of_a_redactor_contains_no_value() {
    assert!(!format!("{:?}", redactor_of(&["s3cr3t"])).contains("s3cr3t"));
}

#[test]
fn quotations_are_computed_once_for_all_texts_and_again_when_a_value_is_added() {
    let mut redactor = redactor_of(&["correct-horse-battery-staple"]);
    let computed = |redactor: &Redactor| redactor.quotations.get().cloned();
    assert!(computed(&redactor).is_none());
    redactor.show("one");
    let first = computed(&redactor).unwrap();
    redactor.show("another");
    redactor.clone().show("a third");
    assert!(Arc::ptr_eq(&first, &computed(&redactor).unwrap()));
    let mut more = Configuration::default();
    more.container.get_or_insert_default().command = vec![Redacted::new("another-long-value-here")];
    redactor.hide(&more);
    assert!(computed(&redactor).is_none());
    assert!(
        !redactor
            .show("it says another-long-value-here")
            .contains("another-long")
    );
}

#[test]
fn a_huge_value_takes_no_more_memory_than_a_text_that_is_searched() {
    let huge = "é\"".repeat(1_000_000);
    let redactor = redactor_of(&[&huge]);
    assert!(!redactor.show(&huge).contains("é\"é\""));
    let quotations = redactor.quotations.get().unwrap();
    let characters: usize = quotations.values().flatten().map(Quotation::length).sum();
    assert!(characters < 10 * (LONGEST_READ + 1), "{characters}");
}

/// Values of every kind that a manifest can hold.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,30}",
        "[a-z0-9]{1,40}",
        "(?s).{1,40}",
        "[a-c \"\\\\\n]{1,20}"
    ]
    .prop_map(|value| value.trim().to_owned())
    .prop_filter(
        "a value that is part of the placeholder cannot be distinguished from it",
        |value| !value.is_empty() && !PLACEHOLDER.contains(value.as_str()),
    )
}

proptest! {
    #[test]
    fn no_quoted_value_is_left(value in value(), before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
        let text = format!("{before} '{value}' {after}");
        let redacted = redacted(&[&value], &text);
        let quoted = format!("'{value}'");
        prop_assert!(!redacted.contains(&quoted), "{redacted}");
        if value.chars().count() >= 16 {
            prop_assert!(!redacted.contains(&value), "{redacted}");
        }
    }

    #[test]
    fn no_long_value_is_left_wherever_it_stands(
        value in "[!-~]{16,60}",
        before in "[ -~]{0,700}",
        after in "[ -~]{0,20}",
    ) {
        let redacted = redacted(&[&value], &format!("{before}{value}{after}"));
        prop_assert!(!redacted.contains(&value), "{redacted}");
    }

    #[test]
    fn a_text_that_quotes_no_value_is_left_unchanged_by_the_values(text in "[a-m ]{0,60}", value in "[n-z0-9]{1,30}") {
        prop_assert_eq!(redacted(&[&value], &text), redacted(&[], &text));
    }
}

#[test]
fn a_very_long_text_is_cut_without_leaving_part_of_a_value_at_its_end() {
    let secret = "correct-horse-battery-staple";
    let redactor = redactor_of(&[secret, &"x".repeat(3_900)]);
    for quoted_at in 3_960..4_010 {
        let filler = "x".repeat(3_900);
        let rest = "y ".repeat((quoted_at - 3_900) / 2);
        let text = format!("{filler} {rest}{secret} and more");
        let redacted = redactor.show(&text);
        for length in 4..secret.len() {
            assert!(
                !redacted.contains(&secret[..length]),
                "{quoted_at}: {}",
                &*redacted
            );
        }
    }
}
