use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{PLACEHOLDER, Redactor};
use crate::core::desired::{
    configuration::{Configuration, Container},
    redacted::Redacted,
};

fn hiding(values: &[&str]) -> Redactor {
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

fn shown(values: &[&str], text: &str) -> String {
    hiding(values).show(text).into()
}

#[test]
fn a_quoted_value_and_a_quoted_word_of_the_command_are_hidden() {
    let text = "value 's3cr3t' of A and argument --flag, not --flags, are wrong";
    assert_eq!(
        shown(&["s3cr3t"], text),
        "value '(hidden)' of A and argument (hidden), not --flags, are wrong"
    );
}

#[test]
fn a_short_value_is_hidden_where_it_stands_alone_and_leaves_the_rest_readable() {
    let text = "A=1, subnet-1 and shop-1.1 in eu-west-1 want 1 to 10 tasks, is true: untrue.";
    assert_eq!(
        shown(&["1", "true"], text),
        "A=(hidden), subnet-1 and shop-1.1 in eu-west-1 want (hidden) to 10 tasks, is (hidden): untrue."
    );
}

#[test]
fn a_region_or_an_account_in_the_environment_leaves_arns_whole() {
    let text = "arn:aws:ecs:eu-west-1:123456789012:service/web/shop is not in eu-west-1";
    assert_eq!(
        shown(&["eu-west-1", "123456789012"], text),
        "arn:aws:ecs:eu-west-1:123456789012:service/web/shop is not in (hidden)"
    );
}

#[test]
fn a_long_value_is_hidden_inside_of_other_words_too() {
    let value = "correct-horse-battery";
    assert_eq!(shown(&[value], &format!("x{value}y")), "x(hidden)y");
}

#[test]
fn a_value_is_found_in_every_escape_and_with_other_whitespace() {
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
            shown(&[value], &text),
            "value '(hidden)' is wrong",
            "{quoted}"
        );
    }
}

#[test]
fn a_value_is_found_in_json_that_is_escaped_for_html_too() {
    // As the API server's Go has it, and Java's Gson.
    let value = "a<b>&c='d'==";
    for quoted in [
        r"a\u003cb\u003e\u0026c='d'==",
        r"a\u003cb\u003e\u0026c\u003d\u0027d\u0027\u003d\u003d",
    ] {
        let text = format!("value \"{quoted}\" is wrong");
        assert_eq!(shown(&[value], &text), "value \"(hidden)\" is wrong");
    }
}

#[test]
fn a_value_at_which_the_text_breaks_off_is_hidden() {
    let value = "0123456789".repeat(200);
    for text in [
        format!("value '{value}' is too long"),
        format!("value '{}", &value[..900]),
        format!("value '{}...", &value[..30]),
        format!("value '{}…", &value[..8]),
    ] {
        assert!(
            shown(&[&value], &text).starts_with("value '(hidden)"),
            "{text}"
        );
    }
}

#[test]
fn the_longest_of_values_that_overlap_is_hidden_as_a_whole() {
    let values = ["first", "first and second", "second"];
    assert_eq!(shown(&values, "<first and second>"), "<(hidden)>");
}

#[test]
fn empty_values_and_the_placeholder_itself_change_nothing() {
    let text = "nothing is (hidden) here";
    assert_eq!(shown(&["", " ", "hidden"], text), text);
    let redactor = hiding(&["here"]);
    let once = redactor.show(text);
    assert_eq!(redactor.show(&once), once, "shown twice");
}

#[test]
fn a_redactor_shows_nothing_of_what_it_hides() {
    assert!(!format!("{:?}", hiding(&["s3cr3t"])).contains("s3cr3t"));
}

#[test]
fn the_forms_of_the_values_are_made_once_for_all_texts_and_anew_for_a_value_more() {
    let mut redactor = hiding(&["correct-horse-battery-staple"]);
    let made = |redactor: &Redactor| redactor.quotations.get().cloned();
    assert!(made(&redactor).is_none());
    redactor.show("one");
    let first = made(&redactor).unwrap();
    redactor.show("another");
    redactor.clone().show("a third");
    assert!(Arc::ptr_eq(&first, &made(&redactor).unwrap()));
    let mut more = Configuration::default();
    more.container.get_or_insert_default().command = vec![Redacted::new("another-long-value-here")];
    redactor.hide(&more);
    assert!(made(&redactor).is_none());
    assert!(
        !redactor
            .show("it says another-long-value-here")
            .contains("another-long")
    );
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
        "a value that is the placeholder's is not told from it",
        |value| !value.is_empty() && !PLACEHOLDER.contains(value.as_str()),
    )
}

proptest! {
    #[test]
    fn no_value_that_is_quoted_is_shown(value in value(), before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
        let text = format!("{before} '{value}' {after}");
        let shown = shown(&[&value], &text);
        let quoted = format!("'{value}'");
        prop_assert!(!shown.contains(&quoted), "{shown}");
        if value.chars().count() >= 16 {
            prop_assert!(!shown.contains(&value), "{shown}");
        }
    }

    #[test]
    fn no_long_value_is_shown_wherever_it_stands(
        value in "[!-~]{16,60}",
        before in "[ -~]{0,700}",
        after in "[ -~]{0,20}",
    ) {
        let shown = shown(&[&value], &format!("{before}{value}{after}"));
        prop_assert!(!shown.contains(&value), "{shown}");
    }

    #[test]
    fn a_text_that_quotes_nothing_is_as_it_would_be_without_values(text in "[a-m ]{0,60}", value in "[n-z0-9]{1,30}") {
        prop_assert_eq!(shown(&[&value], &text), shown(&[], &text));
    }
}

#[test]
fn of_a_very_long_text_only_the_beginning_is_read_and_no_part_of_a_value_is_left_at_its_end() {
    let secret = "correct-horse-battery-staple";
    let redactor = hiding(&[secret, &"x".repeat(3_900)]);
    for quoted_at in 3_960..4_010 {
        let filler = "x".repeat(3_900);
        let rest = "y ".repeat((quoted_at - 3_900) / 2);
        let text = format!("{filler} {rest}{secret} and more");
        let shown = redactor.show(&text);
        for length in 4..secret.len() {
            assert!(
                !shown.contains(&secret[..length]),
                "{quoted_at}: {}",
                &*shown
            );
        }
    }
}
