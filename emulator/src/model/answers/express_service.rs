//! Services as the Express actions show them.

use serde_json::{Value, json};

use crate::model::{
    answers::member_lag::omit_lagging_members,
    api::answer::set_member,
    clock::VirtualTime,
    revisions::revision::Ingress,
    services::service::{Service, State},
    settings::{
        Settings,
        options::{ClusterForm, ConfigurationOrder, EmptyForm, EndpointForm, StatusReasons},
    },
};

impl Service {
    pub(crate) fn cluster_to_wire(&self, settings: &Settings) -> String {
        match settings.cluster_form {
            ClusterForm::Name => self.arn.cluster.clone(),
            ClusterForm::Arn => self.arn.cluster_arn(),
        }
    }

    /// As [`Self::to_express_wire`], without the members that lag at this time.
    pub(crate) fn to_express_wire_at(
        &self,
        read_number: u64,
        settings: &Settings,
        now: VirtualTime,
    ) -> Value {
        let mut wire = self.to_express_wire(read_number, settings);
        let configurations = wire
            .get_mut("activeConfigurations")
            .and_then(Value::as_array_mut);
        for configuration in configurations.into_iter().flatten() {
            let made = self
                .revisions
                .iter()
                .find(|revision| configuration["serviceRevisionArn"] == revision.arn.as_str());
            if let Some(revision) = made {
                omit_lagging_members(configuration, revision.created_at, settings, now);
            }
        }
        wire
    }

    /// Returns an ECSExpressGatewayService without tags. The number of the read decides on an
    /// alternating order of the configurations.
    pub(crate) fn to_express_wire(&self, read_number: u64, settings: &Settings) -> Value {
        let mut order = self.active.clone();
        let newest_first = match settings.configuration_order {
            ConfigurationOrder::Alternating => read_number % 2 == 1,
            ConfigurationOrder::NewestFirst => true,
            ConfigurationOrder::OldestFirst => false,
        };
        if newest_first {
            order.reverse();
        }
        let configurations: Vec<Value> = order
            .into_iter()
            .map(|index| self.configuration_to_wire(index, settings))
            .collect();
        let mut wire = self.outline_to_wire(settings);
        wire["infrastructureRoleArn"] = json!(self.infrastructure_role_arn);
        if !configurations.is_empty() || settings.empty_form == EmptyForm::EmptyList {
            wire["activeConfigurations"] = json!(configurations);
        }
        let current = self.current_deployment().map(|current| current.arn.clone());
        set_member(&mut wire, "currentDeployment", current);
        wire
    }

    /// Returns an UpdatedExpressGatewayService, the shape that only updates return.
    pub(crate) fn updated_to_wire(&self, target: usize, settings: &Settings) -> Value {
        let mut wire = self.outline_to_wire(settings);
        wire["targetConfiguration"] = self.configuration_to_wire(target, settings);
        wire
    }

    fn outline_to_wire(&self, settings: &Settings) -> Value {
        let mut status = json!({ "statusCode": self.state.as_str() });
        if settings.status_reasons == StatusReasons::Everywhere {
            status["statusReason"] = json!(self.status_reason());
        }
        json!({
            "cluster": self.cluster_to_wire(settings),
            "serviceName": self.arn.name,
            "serviceArn": self.arn.to_string(),
            "status": status,
            "createdAt": self.created_at.to_wire(),
            "updatedAt": self.updated_at.to_wire(),
        })
    }

    /// Invents a statusReason, since AWS does not document what a service's statusReason contains.
    fn status_reason(&self) -> String {
        match (self.state, self.deployments.last()) {
            (State::Active, Some(last)) if last.status.is_running() => {
                format!("Service deployment {} is in progress.", last.arn)
            }
            (State::Active, _) => "Service is active.".to_owned(),
            (State::Draining { .. }, _) => "Service is being deleted.".to_owned(),
            (State::Inactive { .. }, _) => "Service was deleted.".to_owned(),
        }
    }

    fn configuration_to_wire(&self, index: usize, settings: &Settings) -> Value {
        let revision = &self.revisions[index];
        let mut wire = serde_json::to_value(&revision.configuration).unwrap_or_default();
        wire["serviceRevisionArn"] = json!(revision.arn);
        wire["createdAt"] = revision.created_at.to_wire();
        let paths = match (revision.ingress, settings.empty_form) {
            (Ingress::Known, _) => Some(json!([{
                "accessType": revision.access.as_str(),
                "endpoint": self.endpoint_to_wire(index, settings),
            }])),
            (Ingress::Unknown, EmptyForm::EmptyList) => Some(json!([])),
            (Ingress::Unknown, EmptyForm::Omitted) => None,
        };
        set_member(&mut wire, "ingressPaths", paths);
        wire
    }

    /// Returns the URL of the service in the form that the settings select.
    pub(crate) fn endpoint_to_wire(&self, index: usize, settings: &Settings) -> String {
        let url = format!("{}/services/{}/", settings.endpoint_base, self.endpoint);
        let settled = self.steady == Some(index);
        match settings.endpoint_form {
            EndpointForm::Url => url,
            EndpointForm::HostThenUrl if settled => url,
            EndpointForm::Host | EndpointForm::HostThenUrl => url
                .split_once("://")
                .map_or(url.clone(), |(_, host)| host.to_owned()),
        }
    }
}
