//! Members that an update leaves out of a block.

use serde_json::{Value, json};

use super::{Fixture, create_with};

#[test]
fn members_absent_from_each_block_are_kept_or_get_their_default() {
    let members = json!({
        "primaryContainer": { "image": "registry.example/shop:1", "containerPort": 8080 },
        "networkConfiguration": {
            "subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0a"],
        },
        "scalingTarget": { "minTaskCount": 2, "maxTaskCount": 4 },
    });
    let update = json!({
        "primaryContainer": { "image": "registry.example/shop:2" },
        "networkConfiguration": { "subnets": ["subnet-0c", "subnet-0d"] },
        "scalingTarget": { "maxTaskCount": 6 },
    });
    let kept_members = |settings: &Value| {
        let mut ecs = Fixture::with(settings);
        ecs.create(create_with(members.clone())).unwrap();
        ecs.advance(150);
        ecs.update(update.clone());
        ecs.advance(600);
        let shown = ecs.configuration();
        let groups = &shown["networkConfiguration"]["securityGroups"];
        [
            shown["primaryContainer"]["containerPort"] == 8080,
            groups.as_array().unwrap().contains(&json!("sg-0a")),
            shown["scalingTarget"]["minTaskCount"] == 2,
        ]
    };
    for (settings, kept) in [
        (json!({}), [false, false, false]),
        (json!({ "omittedMembers": "Merge" }), [true, true, true]),
        (
            json!({ "omittedContainerMembers": "Merge" }),
            [true, false, false],
        ),
        (
            json!({ "omittedNetworkMembers": "Merge" }),
            [false, true, false],
        ),
        (
            json!({ "omittedScalingMembers": "Merge" }),
            [false, false, true],
        ),
        (
            json!({ "omittedMembers": "Merge", "omittedNetworkMembers": "Replace" }),
            [true, false, true],
        ),
        (
            json!({ "omittedMembers": "Merge", "omittedScalingMembers": null }),
            [true, true, true],
        ),
    ] {
        assert_eq!(kept_members(&settings), kept, "{settings}");
    }
}
