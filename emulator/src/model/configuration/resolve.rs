//! Resolution of a configuration: the members of the request, the previous configuration, and defaults.

use crate::model::{
    api::error::ApiError,
    configuration::{
        context::ResolutionContext,
        request::ConfigurationRequest,
        service_configuration::{Configuration, Container, TaskDefinitionMode, TaskSettings},
        validation::check_fargate_size,
    },
    settings::options::TaskDefinitionLookup,
};

impl ResolutionContext<'_> {
    /// Returns the configuration that results from a request and, in an update, the previous one.
    pub(crate) fn resolve(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let configuration = match &request.task_definition_arn {
            Some(arn) => self.customer_task_definition(request, arn, before)?,
            None => self.managed_task_definition(request, before)?,
        };
        check_fargate_size(&configuration.cpu, &configuration.memory)?;
        Ok(configuration)
    }

    fn managed_task_definition(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let keeps_customers = before.filter(|before| {
            !request.touches_task()
                && TaskDefinitionMode::of(before, self.managed_family)
                    == TaskDefinitionMode::Customer
        });
        // Members without a default keep their value, and so do those of a kept task definition.
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

    /// ECS runs a customer's task definition unchanged and shows the settings that it contains.
    fn customer_task_definition(
        &self,
        request: &ConfigurationRequest,
        arn: &str,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let before = self.kept_block(before);
        let found = match (&self.registered, self.settings.task_definitions) {
            (Some(registered), _) => registered.clone(),
            (None, TaskDefinitionLookup::Any) => self.made_up(arn),
            (None, TaskDefinitionLookup::Registered) => {
                return Err(ApiError::task_definition_not_found());
            }
        };
        let TaskSettings {
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

    /// Invents settings for a task definition that is not registered in the emulator.
    fn made_up(&self, arn: &str) -> TaskSettings {
        let family_and_revision = arn.rsplit('/').next().unwrap_or(arn);
        let (partition, account) = (self.partition, self.account);
        let execution_role = format!("arn:{partition}:iam::{account}:role/ecsTaskExecutionRole");
        TaskSettings {
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

    fn health_check_path(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> String {
        let sent = request.health_check_path.clone();
        sent.or(before.map(|before| before.health_check_path.clone()))
            .unwrap_or_else(|| self.default().health_check_path.to_owned())
    }
}
