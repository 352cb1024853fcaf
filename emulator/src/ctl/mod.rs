//! The command `ctl`, which queries and controls a running emulator.

mod arguments;
mod change;
mod client;
mod show;

pub(crate) use arguments::Arguments;
use arguments::{Calls, Clock, Command, Fault, FaultAdd, Faults, Outcome, Settings};
use client::Client;
use serde_json::{Value, json};

/// Runs a command and prints the answer.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { url, json, command } = arguments;
    let client = Client::new(&url)?;
    let show = show::of(&command);
    let answer = ask(&client, command).await?;
    if json {
        println!("{answer:#}");
    } else {
        print!("{}", show(&answer));
    }
    Ok(())
}

async fn ask(client: &Client, command: Command) -> Result<Value, String> {
    match command {
        Command::Health => client.get("health").await,
        Command::Services { name } => services(client, name.as_deref()).await,
        Command::Outcome(Outcome {
            service,
            outcome,
            reason,
        }) => {
            let mut body = json!({ "service": service, "outcome": outcome });
            if let Some(reason) = reason {
                body["reason"] = json!(reason);
            }
            client.post("outcomes", &body).await
        }
        Command::Fault(Faults { command }) => match command {
            Fault::Add(add) => client.post("errors", &fault(add)).await,
            Fault::List => client.get("errors").await,
            Fault::Clear => client.delete("errors").await,
        },
        Command::Change(change) => client.post("changes", &change::body(change)?).await,
        Command::Clock(Clock { advance }) => match advance {
            None => client.get("clock").await,
            Some(span) => {
                let seconds = parse_seconds(&span)?;
                client
                    .post("clock", &json!({ "advanceSeconds": seconds }))
                    .await
            }
        },
        Command::Calls(Calls { last, clear }) => {
            if clear {
                client.delete("calls").await
            } else {
                client.get(&format!("calls?last={last}")).await
            }
        }
        Command::Settings(Settings { assignments }) => settings(client, &assignments).await,
    }
}

/// Asks for the services, or only for those of this name.
async fn services(client: &Client, name: Option<&str>) -> Result<Value, String> {
    let mut answer = client.get("services").await?;
    if let (Some(name), Some(list)) = (name, answer["services"].as_array_mut()) {
        list.retain(|service| service["serviceName"] == name);
        if list.is_empty() {
            return Err(format!(
                "there is no service {name:?}; list them with `ctl services`"
            ));
        }
    }
    Ok(answer)
}

/// Asks for the settings, or changes those that are assigned.
async fn settings(client: &Client, assignments: &[String]) -> Result<Value, String> {
    if assignments.is_empty() {
        return client.get("settings").await;
    }
    let mut body = json!({});
    for assignment in assignments {
        let (name, value) = parse_assignment(assignment)?;
        body[name] = value;
    }
    client.post("settings", &body).await
}

fn fault(add: FaultAdd) -> Value {
    let FaultAdd {
        action,
        code,
        message,
        times,
        service,
        status,
        milliseconds,
        pointer,
        applied,
    } = add;
    let mut body = json!({
        "action": action, "code": code, "message": message, "times": times, "applied": applied,
    });
    let optional = [
        ("service", json!(service)),
        ("status", json!(status)),
        ("milliseconds", json!(milliseconds)),
        ("pointer", json!(pointer)),
    ];
    for (member, value) in optional {
        if !value.is_null() {
            body[member] = value;
        }
    }
    body
}

/// Parses a duration such as `90`, `90s`, `10m` or `2h` into seconds.
fn parse_seconds(span: &str) -> Result<u64, String> {
    let (number, unit) = match span.char_indices().last() {
        Some((at, 's')) => (&span[..at], 1),
        Some((at, 'm')) => (&span[..at], 60),
        Some((at, 'h')) => (&span[..at], 3600),
        _ => (span, 1),
    };
    let number: Option<u64> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| format!("{span:?} is not a duration such as 90, 90s, 10m or 2h"))
}

/// Parses `name=value`. A value that is not JSON counts as a string.
fn parse_assignment(assignment: &str) -> Result<(&str, Value), String> {
    let (name, value) = assignment
        .split_once('=')
        .ok_or_else(|| format!("{assignment:?} is not an assignment such as bakeSeconds=10"))?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    Ok((name, value))
}
