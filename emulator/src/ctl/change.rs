//! Translation of `ctl change` into the body of `POST /_emulator/changes`.

use serde_json::{Value, json};

use super::arguments::{Change, What};

pub(super) fn body(change: Change) -> Result<Value, String> {
    let Change {
        what,
        cluster,
        region,
        account,
    } = change;
    let mut body = match what {
        What::Update { service, members } => {
            let members: Value = serde_json::from_str(&members)
                .map_err(|error| format!("the members are not valid JSON: {error}"))?;
            json!({ "service": service, "update": members })
        }
        What::Tag { service, tags } => {
            let tags = tags.iter().map(|tag| tag_of(tag));
            let tags = tags.collect::<Result<Vec<Value>, String>>()?;
            json!({ "service": service, "tag": tags })
        }
        What::Untag { service, keys } => json!({ "service": service, "untag": keys }),
        What::Delete { service } => json!({ "service": service, "delete": true }),
        What::Purge { service } => json!({ "service": service, "purge": true }),
        What::Customer { service } => json!({ "service": service, "customer": true }),
        What::Fail {
            service,
            resource,
            reason,
        } => json!({ "service": service, "fail": { "resource": resource, "reason": reason } }),
        What::Detach { service, resource } => json!({ "service": service, "detach": resource }),
        What::DesiredCount { service, count } => {
            json!({ "service": service, "desiredCount": count })
        }
        What::RunningCount { service, count } => {
            json!({ "service": service, "runningCount": count })
        }
        What::Cluster { name, missing } => json!({ "cluster": name, "exists": !missing }),
        What::Role { arn, unusable } => json!({ "role": arn, "usable": !unusable }),
    };
    let optional = [
        ("cluster", cluster),
        ("region", region),
        ("account", account),
    ];
    for (member, value) in optional {
        if let Some(value) = value {
            body[member] = json!(value);
        }
    }
    Ok(body)
}

fn tag_of(text: &str) -> Result<Value, String> {
    match text.split_once('=') {
        Some((key, value)) => Ok(json!({ "key": key, "value": value })),
        None => Err(format!("{text:?} is not a tag such as team=a")),
    }
}
