//! The API reference, generated from the CustomResourceDefinition.

use ecs_express_operator::{api::annotations, core::desired::owner_tags};
use serde_json::Value;

use crate::{
    markdown::slug,
    repository::{compare, read},
    schema::{Field, crd, fields, strings},
};

/// Words of the descriptions that name a document, with its location.
const SOURCES: [(&str, &str); 1] = [(
    "ECS Developer Guide",
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-work.html",
)];
#[test]
fn the_reference_is_what_the_resource_says() {
    compare("docs/reference.md", &reference());
}

#[test]
fn every_rule_of_the_spec_is_documented_under_a_field() {
    let documented: usize = fields("spec")
        .iter()
        .map(|field| field.messages.len())
        .sum();
    let rules = read("crds/expressservices.yaml")
        .lines()
        .filter(|line| {
            line.trim_start()
                .trim_start_matches("- ")
                .starts_with("rule:")
        })
        .count();
    assert_eq!(documented, rules);
}

#[test]
fn every_value_that_ecs_decides_names_its_source() {
    let mut checked = 0;
    for field in fields("spec") {
        let unset = Said::by(&field).unset.unwrap_or_default();
        if unset.contains("ECS decides") || unset.contains("that ECS makes") {
            checked += 1;
            let named = SOURCES.iter().any(|(name, _)| unset.contains(name));
            assert!(named, "{}: {unset}", field.path);
        }
    }
    assert!(checked > 8, "{checked} fields are too few to be all");
}

fn reference() -> String {
    let mut page = read("tests/docs/reference_head.md");
    page.push_str(&resource());
    page.push_str(&columns());
    page.push_str(&annotations_and_tags());
    let (spec, mut status) = (fields("spec"), fields("status"));
    status.retain(|field| !is_internal(&field.path));
    page.push_str("\n## spec\n\n");
    page.push_str(
        "| field | type | required | unset | change |\n| --- | --- | --- | --- | --- |\n",
    );
    for field in &spec {
        page.push_str(&overview(field));
    }
    for field in &spec {
        page.push_str(&described(field));
    }
    page.push_str("\n## status\n\n");
    page.push_str("Written by the operator alone. A field that is not there is not known, or there is none.\n");
    page.push_str("\n| field | type | |\n| --- | --- | --- |\n");
    let top = |field: &&Field| field.path.matches('.').count() == 1;
    for field in status.iter().filter(top) {
        page.push_str(&format!(
            "| [`{}`](#{}) | {} | {} |\n",
            field.path.trim_start_matches("status."),
            slug(&field.path),
            field.kind(),
            field.sentences()[0],
        ));
    }
    for field in &status {
        page.push_str(&described(field));
    }
    page
}

/// Whether a field is the operator's own, of no use to readers of a status.
fn is_internal(path: &str) -> bool {
    ["status.operatorState", "status.memory"]
        .iter()
        .any(|field| path == *field || path.starts_with(&format!("{field}.")))
}

fn resource() -> String {
    let crd = crd();
    let (spec, names) = (&crd["spec"], &crd["spec"]["names"]);
    let version = &spec["versions"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| strings(value).collect::<Vec<_>>().join("`, `");
    let scale = &version["subresources"]["scale"];
    let rows = [
        (
            "apiVersion",
            format!("`{}/{}`", text(&spec["group"]), text(&version["name"])),
        ),
        ("kind", format!("`{}`", text(&names["kind"]))),
        (
            "plural, singular",
            format!(
                "`{}`, `{}`",
                text(&names["plural"]),
                text(&names["singular"])
            ),
        ),
        ("short name", format!("`{}`", list(&names["shortNames"]))),
        (
            "category",
            format!("`{}` (`kubectl get {0}`)", list(&names["categories"])),
        ),
        ("scope", text(&spec["scope"])),
        (
            "finalizer",
            format!("`{}`", ecs_express_operator::api::FINALIZER),
        ),
        (
            "field manager",
            format!("`{}`", ecs_express_operator::api::FIELD_MANAGER),
        ),
        (
            "`kubectl scale`",
            format!(
                "sets `{}`, shows `{}`",
                text(&scale["specReplicasPath"]).trim_start_matches('.'),
                text(&scale["statusReplicasPath"]).trim_start_matches('.')
            ),
        ),
    ];
    let mut page = String::from("\n## The resource\n\n| | |\n| --- | --- |\n");
    for (name, value) in rows {
        page.push_str(&format!("| {name} | {value} |\n"));
    }
    page
}

fn columns() -> String {
    let mut page = String::from(
        "\n## Columns\n\n`kubectl get xsvc` prints them; those marked *wide* with `-o wide`.\n\n| column | | from | |\n| --- | --- | --- | --- |\n",
    );
    let crd = crd();
    let columns = crd["spec"]["versions"][0]["additionalPrinterColumns"].as_array();
    for column in columns.unwrap() {
        let text = |key: &str| column[key].as_str().unwrap_or_default();
        let wide = if column["priority"].as_i64().unwrap_or(0) > 0 {
            "*wide*"
        } else {
            ""
        };
        page.push_str(&format!(
            "| {} | {wide} | `{}` | {} |\n",
            text("name").to_uppercase(),
            text("jsonPath").replace('|', "\\|"),
            text("description")
        ));
    }
    page
}

fn annotations_and_tags() -> String {
    let mut page = String::from(
        "\n## Annotations\n\nThe operator writes the first two; leave them alone. The others are yours to set.\n\n| annotation | |\n| --- | --- |\n",
    );
    for (annotation, meaning) in annotations::ALL {
        page.push_str(&format!("| `{annotation}` | {} |\n", meaning.trim()));
    }
    page.push_str("\n## Tags on the ECS service\n\n| tag | |\n| --- | --- |\n");
    for (tag, meaning) in owner_tags::ALL {
        let meaning = meaning.replace("[`RELEASED`]", "`released` once its object has released it");
        page.push_str(&format!("| `{tag}` | {} |\n", meaning.trim()));
    }
    page
}

/// The parts of a description.
struct Said {
    meaning: Vec<String>,
    required: Option<String>,
    unset: Option<String>,
    change: Option<String>,
    ecs: Option<String>,
}

impl Said {
    fn by(field: &Field) -> Self {
        let mut message_of = Self {
            meaning: Vec::new(),
            required: None,
            unset: None,
            change: None,
            ecs: None,
        };
        for sentence in field.sentences() {
            let place = match sentence
                .split([' ', ':', '.', ';'])
                .next()
                .unwrap_or_default()
            {
                "Unset" => &mut message_of.unset,
                "Required" => &mut message_of.required,
                "Cannot" => &mut message_of.change,
                "Can" => &mut message_of.change,
                "A" if sentence.starts_with("A change") => &mut message_of.change,
                "ECS" if sentence.starts_with("ECS: ") => &mut message_of.ecs,
                _ => {
                    message_of.meaning.push(sentence);
                    continue;
                }
            };
            assert!(place.is_none(), "{}: said twice: {sentence}", field.path);
            *place = Some(sentence);
        }
        message_of
    }

    /// The value in force when unset, without its source.
    fn unset(&self) -> String {
        let text = self.unset.as_deref().unwrap_or_default();
        let text = text.split_once(": ").map_or(text, |(_, text)| text);
        let bare = SOURCES.iter().fold(text.to_owned(), |text, (name, _)| {
            text.replace(&format!("; {name}"), "")
                .replace(&format!(" ({name})"), "")
        });
        bare.trim_end_matches('.').to_owned()
    }

    fn required(&self) -> &str {
        match self.required.as_deref() {
            None => "no",
            Some(text) if text.contains("unless `taskDefinitionArn` is set") => {
                "unless `taskDefinitionArn`"
            }
            Some(_) => "yes",
        }
    }
}

fn overview(field: &Field) -> String {
    let message_of = Said::by(field);
    let change = match message_of.change.as_deref() {
        Some(text) if text.starts_with("Cannot") => "never",
        Some(text) if text.starts_with("A change makes a new revision") => "new revision",
        Some(_) => "any time",
        None => "",
    };
    let path = field.path.trim_start_matches("spec.");
    format!(
        "| [`{path}`](#{}) | {} | {} | {} | {change} |\n",
        slug(&field.path),
        field.kind(),
        message_of.required(),
        message_of.unset(),
    )
}

fn described(field: &Field) -> String {
    let message_of = Said::by(field);
    let mut page = format!("\n### `{}`\n\n", field.path);
    let meaning: String = message_of.meaning.join(" ");
    if !meaning.is_empty() {
        page.push_str(&format!("{}\n\n", with_sources(&meaning)));
    }
    let mut row = |name: &str, value: &str| page.push_str(&format!("- {name}: {value}\n"));
    let mut kind = vec![field.kind()];
    kind.extend(field.limits());
    row("Type", &kind.join("; "));
    if field.path.starts_with("spec") {
        let required = message_of.required.as_deref().unwrap_or("No.");
        let required = required.strip_prefix("Required").unwrap_or(required);
        let required = match required.chars().next() {
            Some('.') => "Yes.".to_owned(),
            Some(';') => format!("Yes{required}"),
            Some(' ') => format!("Yes,{required}"),
            _ => required.to_owned(),
        };
        row("Required", &with_sources(&required));
        assert_eq!(
            message_of.required() == "yes",
            field.required,
            "{}",
            field.path
        );
    }
    if let Some(unset) = &message_of.unset {
        let (when, text) = unset.split_once(": ").unwrap();
        row(when, &with_sources(text));
    }
    if let Some(change) = &message_of.change {
        row("Change", change);
    }
    if let Some(ecs) = &message_of.ecs {
        row(
            "In ECS",
            ecs.trim_start_matches("ECS: ").trim_end_matches('.'),
        );
    }
    for message in &field.messages {
        row("Refused with", &format!("`{message}`"));
    }
    page
}

fn with_sources(text: &str) -> String {
    SOURCES
        .iter()
        .fold(text.to_owned(), |text, (name, address)| {
            text.replace(name, &format!("[{name}]({address})"))
        })
}
