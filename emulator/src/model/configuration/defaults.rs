//! Default values of a configuration, for members that are absent or cleared.

use crate::model::{
    configuration::{request::Emptied, service_configuration::Configuration},
    settings::options::Defaults,
};

/// The default values from one of the sources of AWS.
pub(crate) struct DefaultValues {
    pub(crate) cpu: &'static str,
    pub(crate) memory: &'static str,
    pub(crate) health_check_path: &'static str,
    pub(crate) max_task_count: i64,
}

impl From<Defaults> for DefaultValues {
    fn from(source: Defaults) -> Self {
        let (cpu, memory, health_check_path, max_task_count) = match source {
            Defaults::DeveloperGuide => ("1024", "2048", "/", 20),
            Defaults::ApiReference => ("256", "512", "/ping", 20),
            Defaults::CloudFormation => ("256", "512", "/ping", 1),
        };
        Self {
            cpu,
            memory,
            health_check_path,
            max_task_count,
        }
    }
}

/// Resets the members that an update sent as an empty string.
pub(crate) fn cleared(
    mut before: Configuration,
    emptied: &[Emptied],
    defaults: Defaults,
) -> Configuration {
    let default = DefaultValues::from(defaults);
    for member in emptied {
        match member {
            Emptied::TaskRoleArn => before.task_role_arn = None,
            Emptied::Cpu => default.cpu.clone_into(&mut before.cpu),
            Emptied::Memory => default.memory.clone_into(&mut before.memory),
            Emptied::CpuArchitecture => before.cpu_architecture = Some("X86_64".to_owned()),
            Emptied::HealthCheckPath => {
                default
                    .health_check_path
                    .clone_into(&mut before.health_check_path);
            }
            Emptied::RepositoryCredentials => {
                before.primary_container.repository_credentials = None;
            }
        }
    }
    before
}
