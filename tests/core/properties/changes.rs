//! Changes of the meaning of a spec.

use serde_json::{Value, json};

/// A change of the meaning of a spec, and whether it concerns scaling alone.
pub type Change = (&'static str, bool, fn(&mut Value));

/// Puts another value in the place of a text, a number, or nothing.
fn other(value: &mut Value, one: &Value, two: &Value) {
    *value = if value == one {
        two.clone()
    } else {
        one.clone()
    };
}

fn push(list: &mut Value, element: Value) {
    match list {
        Value::Array(elements) => elements.push(element),
        list => *list = json!([element]),
    }
}

/// A change of each field, and those that could be mistaken for none.
pub const CHANGES: [Change; 21] = [
    ("image", false, |spec| {
        let image = spec["primaryContainer"]["image"]
            .as_str()
            .unwrap()
            .to_owned();
        spec["primaryContainer"]["image"] = json!(format!("{image}x"));
    }),
    ("port", false, |spec| {
        other(
            &mut spec["primaryContainer"]["containerPort"],
            &json!(1),
            &json!(2),
        );
    }),
    ("another word of the command", false, |spec| {
        push(&mut spec["primaryContainer"]["command"], json!("more"));
    }),
    ("two words of the command as one", false, |spec| {
        let command = &mut spec["primaryContainer"]["command"];
        *command = if *command == json!(["a b"]) {
            json!(["a", "b"])
        } else {
            json!(["a b"])
        };
    }),
    ("another variable", false, |spec| {
        push(
            &mut spec["primaryContainer"]["environment"],
            json!({"name": "lower", "value": ""}),
        );
    }),
    ("the value of a variable", false, |spec| {
        let environment = &mut spec["primaryContainer"]["environment"];
        match environment.get_mut(0) {
            Some(first) => other(&mut first["value"], &json!("one"), &json!("two")),
            None => *environment = json!([{"name": "A", "value": "one"}]),
        }
    }),
    ("a variable as a secret", false, |spec| {
        let environment = spec["primaryContainer"]["environment"]
            .as_array_mut()
            .unwrap();
        let moved = environment
            .pop()
            .map_or(json!("lower"), |variable| variable["name"].clone());
        push(
            &mut spec["primaryContainer"]["secrets"],
            json!({"name": moved, "valueFrom": "x"}),
        );
    }),
    ("another secret", false, |spec| {
        push(
            &mut spec["primaryContainer"]["secrets"],
            json!({"name": "lower", "valueFrom": "x"}),
        );
    }),
    ("logs", false, |spec| {
        let (one, two) = (
            json!({"logGroup": "a", "logStreamPrefix": "bc"}),
            json!({"logGroup": "ab", "logStreamPrefix": "c"}),
        );
        other(
            &mut spec["primaryContainer"]["awsLogsConfiguration"],
            &one,
            &two,
        );
    }),
    ("credentials", false, |spec| {
        let (one, two) = (
            json!({"credentialsParameter": "a"}),
            json!({"credentialsParameter": "b"}),
        );
        other(
            &mut spec["primaryContainer"]["repositoryCredentials"],
            &one,
            &two,
        );
    }),
    ("cpu", false, |spec| {
        other(&mut spec["cpu"], &json!("4096"), &json!("8192"));
    }),
    ("memory", false, |spec| {
        other(&mut spec["memory"], &json!("16384"), &json!("30720"));
    }),
    ("another subnet", false, |spec| {
        push(
            &mut spec["networkConfiguration"]["subnets"],
            json!("subnet-another"),
        );
    }),
    ("another security group", false, |spec| {
        push(
            &mut spec["networkConfiguration"]["securityGroups"],
            json!("sg-another"),
        );
    }),
    ("execution role", false, |spec| {
        spec["executionRoleArn"] = json!("another");
    }),
    ("task role", false, |spec| {
        other(&mut spec["taskRoleArn"], &json!("a"), &json!("b"));
    }),
    ("health check", false, |spec| {
        other(&mut spec["healthCheckPath"], &json!("/1"), &json!("/2"));
    }),
    ("architecture", false, |spec| {
        other(
            &mut spec["cpuArchitecture"],
            &json!("ARM64"),
            &json!("X86_64"),
        );
    }),
    ("least tasks", true, |spec| {
        other(
            &mut spec["scalingTarget"]["minTaskCount"],
            &json!(0),
            &json!(1),
        );
    }),
    ("most tasks", true, |spec| {
        other(
            &mut spec["scalingTarget"]["maxTaskCount"],
            &json!(50),
            &json!(51),
        );
    }),
    ("target", true, |spec| {
        other(
            &mut spec["scalingTarget"]["autoScalingTargetValue"],
            &json!(101),
            &json!(102),
        );
    }),
];
