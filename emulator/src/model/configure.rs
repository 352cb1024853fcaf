//! How a configuration comes about: what was sent, laid over what was in force, with every default filled in.

use super::{
    choices::{OmittedBlocks, TaskDefinitionLookup},
    configuration::{Configuration, Container},
    defaults::DefaultValues,
    error::ApiError,
    request::ConfigurationRequest,
    settings::Settings,
    task_definition::{Derived, TaskDefinition},
    validate,
};

/// What ECS itself contributes to the configuration of one service.
pub(crate) struct Surroundings<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) account: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) managed_security_group: &'a str,
    pub(crate) managed_log_group: &'a str,
    /// The ARN of the family in which ECS registers, without revision.
    pub(crate) managed_family: &'a str,
    /// The task definition that was sent, where it is known.
    pub(crate) registered: Option<&'a TaskDefinition>,
    /// The task definition that ECS registers where none was sent.
    pub(crate) managed_task_definition: &'a str,
}

impl Surroundings<'_> {
    /// The configuration that follows from a request and, for an Update, from the one before.
    pub(crate) fn configure(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let configuration = match &request.task_definition_arn {
            Some(arn) => self.customer_task_definition(request, arn, before)?,
            None => self.managed_task_definition(request, before)?,
        };
        validate::fargate(&configuration.cpu, &configuration.memory)?;
        Ok(configuration)
    }

    fn managed_task_definition(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let keeps_customers = before.filter(|before| {
            !request.touches_task() && Mode::of(before, self.managed_family) == Mode::Customer
        });
        // What has no default is kept anyhow, and so is what a kept task definition holds.
        let last = before;
        let before = self.kept_block(before).or(keeps_customers);
        let (task_definition_arn, default_architecture) = match keeps_customers {
            Some(before) => (before.task_definition_arn.clone(), None),
            None => (
                self.managed_task_definition.to_owned(),
                Some("X86_64".to_owned()),
            ),
        };
        let default = self.default();
        let pick = |sent: &Option<String>, kept: Option<&String>| sent.clone().or(kept.cloned());
        Ok(Configuration {
            task_definition_arn,
            execution_role_arn: pick(
                &request.execution_role_arn,
                last.and_then(|last| last.execution_role_arn.as_ref()),
            ),
            task_role_arn: pick(
                &request.task_role_arn,
                before.and_then(|before| before.task_role_arn.as_ref()),
            ),
            cpu: pick(&request.cpu, before.map(|before| &before.cpu))
                .unwrap_or_else(|| default.cpu.to_owned()),
            memory: pick(&request.memory, before.map(|before| &before.memory))
                .unwrap_or_else(|| default.memory.to_owned()),
            cpu_architecture: pick(
                &request.cpu_architecture,
                before.and_then(|before| before.cpu_architecture.as_ref()),
            )
            .or(default_architecture),
            network_configuration: self.network(request, before),
            health_check_path: self.health_check_path(request, before),
            primary_container: self.container(request, last),
            scaling_target: self.scaling(request, before)?,
        })
    }

    /// ECS takes the customer's task definition as it is, and shows what it found inside.
    fn customer_task_definition(
        &self,
        request: &ConfigurationRequest,
        arn: &str,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let before = self.kept_block(before);
        let found = match (self.registered, self.settings.task_definitions) {
            (Some(registered), _) => registered.derive()?,
            (None, TaskDefinitionLookup::Any) => self.made_up(arn),
            (None, TaskDefinitionLookup::Registered) => {
                return Err(ApiError::task_definition_not_found());
            }
        };
        let Derived {
            execution_role_arn,
            task_role_arn,
            cpu,
            memory,
            cpu_architecture,
            container,
        } = found;
        Ok(Configuration {
            task_definition_arn: arn.to_owned(),
            execution_role_arn,
            task_role_arn,
            cpu,
            memory,
            cpu_architecture,
            network_configuration: self.network(request, before),
            health_check_path: self.health_check_path(request, before),
            primary_container: container,
            scaling_target: self.scaling(request, before)?,
        })
    }

    /// What a task definition that nobody registered here might hold.
    fn made_up(&self, arn: &str) -> Derived {
        let family_and_revision = arn.rsplit('/').next().unwrap_or(arn);
        let (partition, account) = (self.partition, self.account);
        let execution_role = format!("arn:{partition}:iam::{account}:role/ecsTaskExecutionRole");
        Derived {
            execution_role_arn: Some(execution_role),
            task_role_arn: None,
            cpu: "1024".to_owned(),
            memory: "2048".to_owned(),
            cpu_architecture: None,
            container: Container {
                image: format!("registry.example/{family_and_revision}"),
                container_port: 80,
                aws_logs_configuration: Some(self.managed_logs()),
                repository_credentials: None,
                command: Vec::new(),
                environment: None,
                secrets: None,
            },
        }
    }

    pub(super) fn default(&self) -> DefaultValues {
        DefaultValues::from(self.settings.defaults)
    }

    fn health_check_path(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> String {
        let sent = request.health_check_path.clone();
        sent.or(before.map(|before| before.health_check_path.clone()))
            .unwrap_or_else(|| self.default().health_check_path.to_owned())
    }

    /// What fills the absent members at the top: what was in force, or nothing.
    fn kept_block<'a>(&self, before: Option<&'a Configuration>) -> Option<&'a Configuration> {
        match self.settings.omitted_blocks {
            OmittedBlocks::Keep => before,
            OmittedBlocks::Reset => None,
        }
    }
}

/// Whose task definition a configuration has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One that ECS registered.
    Managed,
    /// The customer's own.
    Customer,
}

impl Mode {
    /// By the family in which ECS registers for the service.
    pub(crate) fn of(configuration: &Configuration, managed_family: &str) -> Self {
        let family = configuration.task_definition_arn.rsplit_once(':');
        match family {
            Some((family, _)) if family == managed_family => Self::Managed,
            Some(_) | None => Self::Customer,
        }
    }
}
