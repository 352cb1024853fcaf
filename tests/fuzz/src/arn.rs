//! Texts that may be the ARN of a service: annotations, the status, answers of ECS.

use ecs_express_operator::core::desired::identity::ServiceArn;

/// A text that parses is printed as it was.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<ServiceArn>() {
        Ok(arn) => {
            assert_eq!(arn.to_string(), text, "printed as it was read");
            for part in [&arn.cluster, &arn.name] {
                assert!(!part.is_empty() && !part.contains('/'), "{arn:?}");
            }
        }
        Err(error) => assert_eq!(error.0, text),
    }
}
