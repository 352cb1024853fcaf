//! How a configuration comes about: what was sent, laid over what was in force, with every default filled in.

use super::{
    choices::{EmptyLists, OmittedBlocks, OmittedMembers, TaskDefinitionLookup},
    configuration::{Configuration, Container, Logs, Network, Scaling, Secret},
    defaults::DefaultValues,
    error::ApiError,
    request::{ConfigurationRequest, ContainerRequest, NetworkRequest, ScalingRequest},
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

    fn default(&self) -> DefaultValues {
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

    /// What fills the absent members of a block: the old block where ECS merges, else nothing.
    fn kept<'a, T>(&self, before: Option<&'a T>) -> Option<&'a T> {
        match self.settings.omitted_members {
            OmittedMembers::Merge => before,
            OmittedMembers::Replace => None,
        }
    }

    /// The list in force after a request sent `sent` inside a block whose kept list is `kept` and whose last list was `last`.
    fn list<T: Clone>(
        &self,
        sent: Option<Vec<T>>,
        kept: Option<&Vec<T>>,
        last: Option<&Vec<T>>,
    ) -> Option<Vec<T>> {
        match (sent, self.settings.empty_lists) {
            (Some(list), EmptyLists::Keep) if list.is_empty() => last.cloned().or(Some(list)),
            (Some(list), EmptyLists::Keep | EmptyLists::Clear) => Some(list),
            (None, EmptyLists::Keep | EmptyLists::Clear) => kept.cloned(),
        }
    }

    fn network(&self, request: &ConfigurationRequest, before: Option<&Configuration>) -> Network {
        let last = before.map(|before| &before.network_configuration);
        let Some(NetworkRequest {
            security_groups,
            subnets,
        }) = request.network_configuration.clone()
        else {
            return last.cloned().unwrap_or_else(|| Network {
                security_groups: vec![self.managed_security_group.to_owned()],
                subnets: self.settings.default_subnets.clone(),
            });
        };
        let kept = self.kept(last);
        let mut security_groups = self
            .list(
                security_groups,
                kept.map(|kept| &kept.security_groups),
                last.map(|last| &last.security_groups),
            )
            .unwrap_or_default();
        if !security_groups
            .iter()
            .any(|group| group == self.managed_security_group)
        {
            security_groups.push(self.managed_security_group.to_owned());
        }
        let subnets = self
            .list(
                subnets,
                kept.map(|kept| &kept.subnets),
                last.map(|last| &last.subnets),
            )
            .filter(|subnets| !subnets.is_empty())
            .unwrap_or_else(|| self.settings.default_subnets.clone());
        Network {
            security_groups,
            subnets,
        }
    }

    fn container(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Container {
        let last = before.map(|before| &before.primary_container);
        let sent = match (&request.primary_container, last) {
            (Some(sent), _) => sent.clone(),
            (None, Some(last)) => return last.clone(),
            // A create without a container has been refused before.
            (None, None) => ContainerRequest::default(),
        };
        let kept = self.kept(last);
        let secrets = sent
            .secrets
            .map(|secrets| secrets.into_iter().map(Secret::from).collect());
        let mut environment = self.list(
            sent.environment,
            kept.and_then(|kept| kept.environment.as_ref()),
            last.and_then(|last| last.environment.as_ref()),
        );
        let mut secrets = self.list(
            secrets,
            kept.and_then(|kept| kept.secrets.as_ref()),
            last.and_then(|last| last.secrets.as_ref()),
        );
        environment
            .iter_mut()
            .for_each(|list| list.sort_by(|a, b| a.name.cmp(&b.name)));
        secrets
            .iter_mut()
            .for_each(|list| list.sort_by(|a, b| a.name.cmp(&b.name)));
        Container {
            image: sent.image.unwrap_or_default(),
            container_port: sent
                .container_port
                .or(kept.map(|kept| kept.container_port))
                .unwrap_or(80),
            aws_logs_configuration: sent
                .aws_logs_configuration
                .map(Logs::from)
                .or(kept.and_then(|kept| kept.aws_logs_configuration.clone()))
                .or_else(|| Some(self.managed_logs())),
            repository_credentials: sent
                .repository_credentials
                .or(kept.and_then(|kept| kept.repository_credentials.clone())),
            command: self
                .list(
                    sent.command,
                    kept.map(|kept| &kept.command),
                    last.map(|last| &last.command),
                )
                .unwrap_or_default(),
            environment,
            secrets,
        }
    }

    fn managed_logs(&self) -> Logs {
        Logs {
            log_group: self.managed_log_group.to_owned(),
            log_stream_prefix: "ecs".to_owned(),
        }
    }

    fn scaling(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Scaling, ApiError> {
        let last = before.map(|before| &before.scaling_target);
        let sent = match (&request.scaling_target, last) {
            (Some(sent), _) => sent.clone(),
            (None, Some(last)) => return Ok(last.clone()),
            (None, None) => ScalingRequest::default(),
        };
        let kept = self.kept(last);
        let scaling = Scaling {
            min_task_count: sent
                .min_task_count
                .or(kept.map(|kept| kept.min_task_count))
                .unwrap_or(1),
            max_task_count: sent
                .max_task_count
                .or(kept.map(|kept| kept.max_task_count))
                .unwrap_or(self.default().max_task_count),
            auto_scaling_metric: sent
                .auto_scaling_metric
                .or(kept.map(|kept| kept.auto_scaling_metric.clone()))
                .unwrap_or_else(|| "AVERAGE_CPU".to_owned()),
            auto_scaling_target_value: sent
                .auto_scaling_target_value
                .or(kept.map(|kept| kept.auto_scaling_target_value))
                .unwrap_or(60),
        };
        scaling.check()?;
        Ok(scaling)
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
