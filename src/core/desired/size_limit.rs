//! The limit that ECS sets on the size of a container.

use crate::api::container::PrimaryContainer;

/// Size in bytes of the largest task definition that ECS accepts (Amazon ECS service quotas).
pub const TASK_DEFINITION: usize = 64 << 10;

/// Returns the size of the container in bytes if it exceeds [`TASK_DEFINITION`]. Only the user's own texts count, without
/// quotes and escapes. The task definition that ECS makes from them is larger, so no container is refused that ECS would
/// accept.
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

/// Returns a container with the same image and the given size in bytes that compresses to almost nothing. The cache stores
/// it in place of a container that is refused for its size, whose contents nobody needs.
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
    fn only_the_users_texts_count_and_a_blank_container_has_the_same_size() {
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
