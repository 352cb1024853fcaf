//! The validation rules in kube's own CEL, without an API server, as a client evaluates them before it sends.

use ecs_express_operator::api::ExpressService;
use kube::core::cel::{validate_cel, validate_cel_update};
use serde_json::json;
use test_support::merge_patch::merge;

use crate::harness::minimal;
use crate::rules;

/// Violations of the schema itself, which CEL does not check.
const BEYOND_CEL: [&str; 6] = [
    " in body ",
    "Duplicate value: ",
    "Required value",
    "Too long: ",
    "Too many: ",
    "Unsupported value: ",
];

#[test]
fn a_client_reaches_the_same_results_as_the_api_server() {
    let mut checked = 0;
    // Two of each kind from each table: kube compiles all rules for each object.
    for case in rules::all() {
        let good = case.good.iter().map(|patch| (patch, true));
        let by_rule = |words: &str| {
            words.contains("unless taskDefinitionArn")
                || !BEYOND_CEL.iter().any(|mark| words.contains(mark))
        };
        let bad = case.bad.iter().filter(|(_, words)| by_rule(words));
        let bad = bad.map(|(patch, _)| (patch, false));
        for (patch, fits) in good.take(2).chain(bad.take(2)) {
            let mut object = patch.object("web");
            let text = object.to_string();
            object["metadata"]["namespace"] = json!("team-a");
            let object: ExpressService = serde_json::from_value(object).unwrap();
            let verdict = validate_cel(&object);
            assert_eq!(
                verdict.is_ok(),
                fits,
                "{}\n  object: {text}\n  {verdict:?}",
                case.rule
            );
            checked += 1;
        }
    }
    assert!(checked > 80, "{checked} is too few to be all");
}

#[test]
fn a_client_detects_changes_of_immutable_fields() {
    let object = |cluster: &str| {
        let mut object = minimal("web");
        merge(&mut object, &json!({ "spec": { "cluster": cluster } }));
        serde_json::from_value::<ExpressService>(object).unwrap()
    };
    let unset: ExpressService = serde_json::from_value(minimal("web")).unwrap();
    validate_cel_update(&object("a"), &object("a")).unwrap();
    for (new, old) in [
        (object("b"), object("a")),
        (object("a"), unset.clone()),
        (unset, object("a")),
    ] {
        let refusal = validate_cel_update(&new, &old).unwrap_err();
        assert!(
            format!("{refusal:?}").contains("cluster cannot change after creation"),
            "{refusal:?}"
        );
    }
}
