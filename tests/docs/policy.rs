//! The IAM policy on the installation page is the chart's.

use serde_json::Value;

use crate::{
    markdown::{Piece, pieces},
    repository::read,
};

#[test]
fn the_policy_shown_is_the_one_that_ships() {
    let page = read("docs/install.md");
    let shown = pieces(&page).into_iter().find_map(|piece| match piece {
        Piece::Block {
            language: "json",
            text,
        } => serde_json::from_str::<Value>(&text).ok(),
        Piece::Block { .. } | Piece::Line(_) => None,
    });
    let ships = read("charts/ecs-express-operator/iam-policy.json");
    assert_eq!(
        shown.unwrap(),
        serde_json::from_str::<Value>(&ships).unwrap()
    );
}
