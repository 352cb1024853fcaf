//! Random settings of the emulator.

use serde_json::{Value, json};

use crate::random::Random;

/// Settings of the emulator: the answers to open questions, and lags.
pub(super) fn random(random: &mut Random) -> Value {
    let mut settings = json!({});
    let choices: [(&str, &[&str]); 19] = [
        ("omittedMembers", &["Merge", "Replace"]),
        ("omittedBlocks", &["Keep", "Reset"]),
        ("emptyLists", &["Clear", "Keep"]),
        (
            "configurationOrder",
            &["Alternating", "NewestFirst", "OldestFirst"],
        ),
        ("emptyForm", &["EmptyList", "Omitted"]),
        ("notFoundForm", &["ResourceNotFound", "InvalidParameter"]),
        (
            "takenName",
            &["NotIdempotent", "ClientException", "Existing"],
        ),
        ("updateInDeployment", &["Replace", "Queue", "Refuse"]),
        ("identicalUpdate", &["Rollout", "NoOp"]),
        ("takenByCustomer", &["NotIdempotent", "ClientException"]),
        ("queuedDeployments", &["Hidden", "Listed"]),
        ("omittedContainerMembers", &["Merge", "Replace"]),
        ("omittedNetworkMembers", &["Merge", "Replace"]),
        ("omittedScalingMembers", &["Merge", "Replace"]),
        ("statusReasons", &["Deployments", "Everywhere", "Nowhere"]),
        ("revisionDetail", &["Full", "Partial"]),
        ("clusterForm", &["Name", "Arn"]),
        ("endpointForm", &["Url", "Host", "HostThenUrl"]),
        (
            "defaults",
            &["DeveloperGuide", "ApiReference", "CloudFormation"],
        ),
    ];
    for (name, values) in choices {
        if random.percent(40) {
            settings[name] = json!(random.pick(values));
        }
    }
    if random.percent(25) {
        let action = random.pick(&[
            "DescribeExpressGatewayService",
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "ListTagsForResource",
        ]);
        let lag = 1 + random.below(60);
        settings["readLagSeconds"] = json!({ (action): lag });
    }
    if random.percent(10) {
        settings["modeSwitch"] = json!(random.pick(&["Refuse", "Ignore"]));
    }
    if random.percent(10) {
        settings["subnetChanges"] = json!(random.pick(&["Any", "None"]));
    }
    if random.percent(10) {
        settings["throttling"] = json!("On");
    }
    if random.percent(10) {
        let member = random.pick(&["healthCheckPath", "cpu", "primaryContainer"]);
        settings["memberLagSeconds"] = json!({ (member): 1 + random.below(60) });
    }
    if random.percent(30) {
        settings["bakeSeconds"] = json!(random.pick(&[60, 200]));
    }
    if random.percent(15) {
        settings["createVisibleSeconds"] = json!(1 + random.below(60));
    }
    if random.percent(15) {
        settings["drainingTailSeconds"] = json!(1 + random.below(120));
    }
    if random.percent(10) {
        settings["inactiveSeconds"] = json!(random.below(600));
    }
    settings
}
