//! How much of a container ECS takes at all.

use crate::api::container::PrimaryContainer;

/// Bytes of the largest task definition that ECS takes (Amazon ECS service quotas).
pub const TASK_DEFINITION: usize = 64 << 10;

/// Bytes of the container, where ECS cannot take so many. Only what the user wrote counts, without quotes and escapes: a
/// task definition of it is larger still, so that nothing is refused that ECS would take.
pub fn too_large_for_ecs(container: &PrimaryContainer) -> Option<usize> {
    let PrimaryContainer {
        image,
        container_port: _,
        aws_logs_configuration: _,
        repository_credentials: _,
        command,
        environment,
        secrets,
    } = container;
    let command = command.iter().flatten().map(String::len);
    let environment = environment
        .iter()
        .flatten()
        .map(|variable| variable.name.len() + variable.value.as_ref().map_or(0, String::len));
    let secrets = secrets.iter().flatten();
    let secrets = secrets.map(|secret| secret.name.len() + secret.value_from.len());
    let size = image.len() + command.chain(environment).chain(secrets).sum::<usize>();
    (size > TASK_DEFINITION).then_some(size)
}

/// A container of the same image that is as much too large, and packs to nothing: what is refused for its size need not
/// be kept.
pub fn blank(container: &PrimaryContainer, size: usize) -> PrimaryContainer {
    let rest = size.saturating_sub(container.image.len());
    PrimaryContainer {
        image: container.image.clone(),
        command: Some(vec![" ".repeat(rest)]),
        ..PrimaryContainer::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{TASK_DEFINITION, blank, too_large_for_ecs};
    use crate::api::container::PrimaryContainer;
    use serde_json::json;

    fn container(value: &str) -> PrimaryContainer {
        serde_json::from_value(json!({
            "image": "shop:1", "command": ["run"], "containerPort": 80,
            "environment": [{"name": "A", "value": value}, {"name": "B"}],
            "secrets": [{"name": "C", "valueFrom": "c"}],
        }))
        .unwrap()
    }

    #[test]
    fn what_the_user_wrote_counts_and_a_blank_one_is_as_large() {
        let rest = "shop:1runABCc".len();
        let fits = container(&"x".repeat(TASK_DEFINITION - rest));
        assert_eq!(too_large_for_ecs(&fits), None);
        let large = container(&"x".repeat(1_300_000));
        let size = too_large_for_ecs(&large);
        assert_eq!(size, Some(1_300_000 + rest));
        let blank = blank(&large, 1_300_000 + rest);
        assert_eq!(too_large_for_ecs(&blank), size);
        assert_eq!(blank.image, "shop:1");
    }
}
