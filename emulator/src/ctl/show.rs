//! Answers in readable form: tables and lines.

use serde_json::Value;

use super::arguments::{Command, Fault, Faults};

type Show = fn(&Value) -> String;

/// Returns the function that formats the answer to a command.
pub(super) fn of(command: &Command) -> Show {
    match command {
        Command::Health => health,
        Command::Services { .. } => services,
        Command::Outcome(_) => outcome,
        Command::Fault(Faults { command }) => match command {
            Fault::Add(_) | Fault::Clear => done,
            Fault::List => faults,
        },
        Command::Change(_) => done,
        Command::Clock(_) => clock,
        Command::Calls(calls) if calls.clear => done,
        Command::Calls(_) => calls,
        Command::Settings(_) => settings,
    }
}

fn done(_: &Value) -> String {
    "done\n".to_owned()
}

fn health(answer: &Value) -> String {
    let pace = match answer["timeScale"].as_f64() {
        Some(scale) if scale > 0.0 => format!("runs {scale} times as fast as real time"),
        Some(_) | None => "is stopped".to_owned(),
    };
    format!(
        "{} (version {}), the clock is at {} and {pace}\n",
        text(&answer["status"]),
        text(&answer["version"]),
        text(&answer["nowText"]),
    )
}

fn clock(answer: &Value) -> String {
    format!("{}\n", text(&answer["nowText"]))
}

fn outcome(answer: &Value) -> String {
    format!(
        "planned outcome of the next deployment of {}: {}\n",
        text(&answer["service"]),
        text(&answer["outcome"])
    )
}

fn services(answer: &Value) -> String {
    let mut rows = Vec::new();
    for service in list(&answer["services"]) {
        let last = &service["lastDeployment"];
        let stage = match text(&last["lifecycleStage"]) {
            stage if stage.is_empty() => text(&last["status"]),
            stage => format!("{} ({stage})", text(&last["status"])),
        };
        let traffic: Vec<String> = list(&service["activeRevisions"])
            .map(|revision| {
                let (image, weight) = (&revision["image"], &revision["trafficWeight"]);
                format!("{} {} %", text(image), text(weight))
            })
            .collect();
        rows.push(vec![
            text(&service["serviceName"]),
            text(&service["cluster"]),
            text(&service["region"]),
            text(&service["statusCode"]),
            stage,
            traffic.join(", "),
            text(&service["url"]),
        ]);
    }
    let head = [
        "NAME",
        "CLUSTER",
        "REGION",
        "STATUS",
        "DEPLOYMENT",
        "TRAFFIC",
        "URL",
    ];
    table("no services", &head, rows)
}

fn faults(answer: &Value) -> String {
    let rows = list(&answer["errors"])
        .map(|fault| {
            ["action", "code", "message", "service", "times"]
                .map(|member| text(&fault[member]))
                .to_vec()
        })
        .collect();
    let head = ["ACTION", "CODE", "MESSAGE", "SERVICE", "TIMES"];
    table("no faults", &head, rows)
}

fn calls(answer: &Value) -> String {
    let rows = list(&answer["calls"])
        .map(|call| {
            [
                "atText",
                "action",
                "account",
                "region",
                "serviceName",
                "code",
                "message",
            ]
            .map(|member| text(&call[member]))
            .to_vec()
        })
        .collect();
    let head = [
        "AT", "ACTION", "ACCOUNT", "REGION", "SERVICE", "ERROR", "MESSAGE",
    ];
    table("no calls", &head, rows)
}

fn settings(answer: &Value) -> String {
    let members = answer.as_object().into_iter().flatten();
    let rows = members
        .map(|(name, value)| vec![name.clone(), text(value)])
        .collect();
    table("no settings", &["SETTING", "VALUE"], rows)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Formats a value on one line, without control characters, which could control the terminal.
fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.replace(char::is_control, " ")
}

fn table(empty: &str, head: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return format!("{empty}\n");
    }
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut lines = vec![head];
    lines.extend(rows);
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or(0)
        })
        .collect();
    let mut shown = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        shown.push_str(cells.join("  ").trim_end());
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{table, text};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            vec!["a".to_owned(), "1".to_owned()],
            vec!["long".to_owned(), "2".to_owned()],
        ];
        assert_eq!(
            table("none", &["N", "V"], rows),
            "N     V\na     1\nlong  2\n"
        );
        assert_eq!(table("none", &["N"], Vec::new()), "none\n");
    }

    #[test]
    fn control_characters_are_removed() {
        assert_eq!(text(&json!("a\u{1b}[31m\nb")), "a [31m b");
    }
}
