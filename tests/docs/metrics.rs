//! The page of monitoring lists every metric, label value and log message of the operator, and no other.

use std::{collections::BTreeSet, time::Duration};

use ecs_express_operator::{
    core::{observed::failure::Class, report::state::State},
    telemetry::metrics::{AnswerClass, Calls, Metrics, ObjectStates, ReconcileOutcome, Reconciles},
};

use crate::{markdown::code_spans, repository::read};

const PAGE: &str = "docs/monitoring.md";

struct One;

impl ObjectStates for One {
    fn states(&self) -> Vec<State> {
        vec![State::Ready]
    }
}

/// The metrics of a process that has recorded everything once.
fn metrics() -> String {
    use ReconcileOutcome::{AtRest, Changed, Failed, Interrupted, Rejected, Stalled, Waiting};
    let (reconciles, calls) = (Reconciles::default(), Calls::default());
    for outcome in [
        Changed,
        Waiting,
        AtRest,
        Stalled,
        Failed,
        Interrupted,
        Rejected,
    ] {
        reconciles.count(outcome, Duration::from_secs(1));
    }
    let operation = "UpdateExpressGatewayService";
    for class in [
        AnswerClass::Ok,
        AnswerClass::Failed(Class::Invalid),
        AnswerClass::Failed(Class::Blocked),
        AnswerClass::Failed(Class::Retry),
    ] {
        calls.count(operation, class, Duration::from_secs(1));
    }
    Metrics::new(&reconciles, &calls, One).text().unwrap()
}

/// The rows of the first table with this head: the code spans of each cell, and the last cell.
fn table(head: &str) -> Vec<(Vec<String>, Vec<String>, String)> {
    let page = read(PAGE);
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with(head))
        .skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let spans = |cell: &str| code_spans(cell).into_iter().map(str::to_owned).collect();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let last = cells.last().unwrap().trim().to_owned();
        (spans(cells[0]), spans(cells[1]), last)
    })
    .collect()
}

/// The labels of the series whose name has this prefix, with their values, except `le` of histograms.
fn labels(text: &str, metric: &str) -> BTreeSet<(String, String)> {
    let series = text.lines().filter(|line| line.starts_with(metric));
    let lists = series.filter_map(|line| line.split_once('{')?.1.split_once('}'));
    let pairs = lists.flat_map(|(list, _)| list.split(','));
    pairs
        .map(|pair| pair.split_once('=').unwrap())
        .filter(|(name, _)| *name != "le")
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect()
}

#[test]
fn the_page_has_every_metric_with_its_labels_and_its_help() {
    let text = metrics();
    let mut documented = BTreeSet::new();
    for (name, named, help) in table("| metric ") {
        let name = &name[0];
        let has: BTreeSet<String> = labels(&text, name)
            .into_iter()
            .map(|(label, _)| label)
            .collect();
        assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), has, "{name}");
        let base = name.trim_end_matches("_total").trim_end_matches("_info");
        assert!(
            text.contains(&format!("# HELP {base} {help}")),
            "{name}: {help}\n{text}"
        );
        documented.insert(base.to_owned());
    }
    let helps = text.lines().filter_map(|line| line.strip_prefix("# HELP "));
    let known: BTreeSet<String> = helps
        .map(|help| help.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn the_page_has_every_value_of_a_label() {
    let text = metrics();
    for (label, values, rest) in table("| label ") {
        if label[0] == "operation" {
            continue;
        }
        let documented: BTreeSet<String> = values.into_iter().collect();
        let has: BTreeSet<String> = labels(&text, "ecs_express_")
            .into_iter()
            .filter(|(name, _)| *name == label[0])
            .map(|(_, value)| value)
            .collect();
        assert_eq!(documented, has, "{}: {rest}", label[0]);
    }
}

#[test]
fn the_page_has_every_message_that_is_logged_about_an_object_or_the_watch() {
    let documented: BTreeSet<String> = table("| level ")
        .into_iter()
        .flat_map(|(_, messages, _)| messages)
        .collect();
    let source = read("src/controller/log.rs");
    let literals = source.split('"').skip(1).step_by(2);
    let of_objects = literals.filter(|literal| literal.contains(' ') || *literal == "event");
    let outage = read("src/controller/watch/outage.rs");
    // The message is the last literal of a call.
    let of_the_watch = outage.split("tracing::").skip(1).filter_map(|call| {
        let call = call.split(");").next()?;
        let call = Some(call).filter(|call| !call.starts_with("debug!"))?;
        call.split('"').skip(1).step_by(2).last()
    });
    let messages: BTreeSet<String> = of_objects.chain(of_the_watch).map(str::to_owned).collect();
    assert_eq!(documented, messages);
}
