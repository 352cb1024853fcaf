//! Policies and other settings of the operator itself.

use crate::rules::{Case, check, spec};

#[test]
fn the_operators_own_settings_are_checked() {
    check("policies", &cases());
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            rule: "deletionPolicy is Delete or Retain",
            good: vec![
                spec!({ "deletionPolicy": "Delete" }),
                spec!({ "deletionPolicy": "Retain" }),
            ],
            bad: vec![(
                spec!({ "deletionPolicy": "Orphan" }),
                r#"spec.deletionPolicy: Unsupported value: "Orphan": supported values: "Delete", "Retain""#,
            )],
        },
        Case {
            rule: "adoptionPolicy is Never or Adopt",
            good: vec![
                spec!({ "adoptionPolicy": "Never" }),
                spec!({ "adoptionPolicy": "Adopt" }),
            ],
            bad: vec![(
                spec!({ "adoptionPolicy": "adopt" }),
                r#"spec.adoptionPolicy: Unsupported value: "adopt": supported values: "Never", "Adopt""#,
            )],
        },
        Case {
            rule: "driftPolicy is Correct or Report",
            good: vec![
                spec!({ "driftPolicy": "Correct" }),
                spec!({ "driftPolicy": "Report" }),
            ],
            bad: vec![(
                spec!({ "driftPolicy": "Ignore" }),
                r#"spec.driftPolicy: Unsupported value: "Ignore": supported values: "Correct", "Report""#,
            )],
        },
        Case {
            rule: "suspend is true or false",
            good: vec![spec!({ "suspend": true }), spec!({ "suspend": false })],
            bad: vec![(
                spec!({ "suspend": "yes" }),
                r#"spec.suspend: Invalid value: "string": spec.suspend in body must be of type boolean: "string""#,
            )],
        },
    ]
}
