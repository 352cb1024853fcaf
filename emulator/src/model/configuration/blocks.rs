//! Resolution of the blocks of a configuration: members that a request omits, and their defaults.

use crate::model::{
    api::error::ApiError,
    configuration::{
        context::ResolutionContext,
        request::{ConfigurationRequest, ContainerRequest, NetworkRequest, ScalingRequest},
        service_configuration::{Configuration, Container, Logs, Network, Scaling, Secret},
    },
};

impl ResolutionContext<'_> {
    pub(in crate::model) fn network(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Network {
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
        let kept = self.kept(self.settings.omitted_network_members, last);
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

    pub(in crate::model) fn container(
        &self,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Container {
        let last = before.map(|before| &before.primary_container);
        let sent = match (&request.primary_container, last) {
            (Some(sent), _) => sent.clone(),
            (None, Some(last)) => return last.clone(),
            // Validation has already rejected a create without a container.
            (None, None) => ContainerRequest::default(),
        };
        let kept = self.kept(self.settings.omitted_container_members, last);
        let mut environment = self.list(
            sent.environment,
            kept.and_then(|kept| kept.environment.as_ref()),
            last.and_then(|last| last.environment.as_ref()),
        );
        if let Some(list) = &mut environment {
            list.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let secrets = sent
            .secrets
            .map(|secrets| secrets.into_iter().map(Secret::from).collect());
        let mut secrets = self.list(
            secrets,
            kept.and_then(|kept| kept.secrets.as_ref()),
            last.and_then(|last| last.secrets.as_ref()),
        );
        if let Some(list) = &mut secrets {
            list.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let command = self.list(
            sent.command,
            kept.map(|kept| &kept.command),
            last.map(|last| &last.command),
        );
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
            command: command.unwrap_or_default(),
            environment,
            secrets,
        }
    }

    pub(in crate::model) fn managed_logs(&self) -> Logs {
        Logs {
            log_group: self.managed_log_group.to_owned(),
            log_stream_prefix: "ecs".to_owned(),
        }
    }

    pub(in crate::model) fn scaling(
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
        let kept = self.kept(self.settings.omitted_scaling_members, last);
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
