//! What a test sees of a service without a call: read-only views that borrow from the model.

use serde_json::Value;

use crate::model::{
    api::{arn::ServiceArn, tag::Tag},
    clock::VirtualTime,
    deployments::deployment::{Deployment, DeploymentStatus, Visibility},
    revisions::revision::Revision,
    services::service::{ResourceManagement, Service, State},
    state::model::Model,
};

impl Model {
    /// Every service that the model knows, INACTIVE ones included, in the order of their ARNs.
    pub fn services(&self) -> impl Iterator<Item = ServiceView<'_>> {
        self.services.values().map(ServiceView::of)
    }

    /// The service with this ARN.
    #[must_use]
    pub fn service(&self, arn: &ServiceArn) -> Option<ServiceView<'_>> {
        self.services.get(arn).map(ServiceView::of)
    }
}

/// The status of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceStatus {
    /// The service exists.
    Active,
    /// The service is being deleted.
    Draining,
    /// The service was deleted, and its record is still visible.
    Inactive,
}

impl From<State> for ServiceStatus {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Draining { .. } => Self::Draining,
            State::Inactive { .. } => Self::Inactive,
        }
    }
}

/// A service at this moment, without the lag of any read.
#[derive(Debug, Clone, Copy)]
pub struct ServiceView<'a> {
    service: &'a Service,
}

impl<'a> ServiceView<'a> {
    fn of(service: &'a Service) -> Self {
        Self { service }
    }

    /// The ARN, which holds account, Region, cluster and name.
    #[must_use]
    pub fn arn(&self) -> &'a ServiceArn {
        &self.service.arn
    }

    /// The status of the service.
    #[must_use]
    pub fn status(&self) -> ServiceStatus {
        self.service.state.into()
    }

    /// Whether the service is an Express service or an ordinary one.
    #[must_use]
    pub fn management(&self) -> ResourceManagement {
        self.service.management
    }

    /// The time of the create. A service that is created again under the same ARN has another one.
    #[must_use]
    pub fn created_at(&self) -> VirtualTime {
        self.service.created_at
    }

    /// The host part of the service's URL, which is never used twice: it distinguishes services that
    /// have had the same ARN.
    #[must_use]
    pub fn endpoint(&self) -> &'a str {
        &self.service.endpoint
    }

    /// The infrastructure role; empty for an ordinary service.
    #[must_use]
    pub fn infrastructure_role_arn(&self) -> &'a str {
        &self.service.infrastructure_role_arn
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &'a [Tag] {
        &self.service.tags
    }

    /// The revision of the last deployment that succeeded, which keeps running during a later one.
    #[must_use]
    pub fn steady_revision(&self) -> Option<RevisionView<'a>> {
        let index = self.service.steady?;
        Some(RevisionView::of(self.service, index))
    }

    /// The revision on which an update is based: that of the newest deployment that is queued or
    /// running, else the one that runs.
    #[must_use]
    pub fn newest_revision(&self) -> Option<RevisionView<'a>> {
        let index = self.service.newest()?;
        Some(RevisionView::of(self.service, index))
    }

    /// The revisions in `activeConfigurations`, oldest first.
    pub fn active_revisions(&self) -> impl Iterator<Item = RevisionView<'a>> {
        let service = self.service;
        let active = service.active.iter();
        active.map(move |index| RevisionView::of(service, *index))
    }

    /// Every revision that was ever made, oldest first.
    pub fn revisions(&self) -> impl Iterator<Item = RevisionView<'a>> {
        let service = self.service;
        (0..service.revisions.len()).map(move |index| RevisionView::of(service, index))
    }

    /// The newest deployment that has started, whether or not reads show it yet.
    #[must_use]
    pub fn last_deployment(&self) -> Option<DeploymentView<'a>> {
        self.deployments().next_back()
    }

    /// Every deployment that has started, oldest first.
    pub fn deployments(&self) -> impl DoubleEndedIterator<Item = DeploymentView<'a>> {
        let service = self.service;
        let deployments = service.deployments.iter();
        deployments.map(move |deployment| DeploymentView {
            service,
            deployment,
        })
    }

    /// The number of deployments that wait until the running one ends.
    #[must_use]
    pub fn queued_deployments(&self) -> usize {
        self.service.queue.len()
    }
}

/// A service revision.
#[derive(Debug, Clone, Copy)]
pub struct RevisionView<'a> {
    revision: &'a Revision,
}

impl<'a> RevisionView<'a> {
    fn of(service: &'a Service, index: usize) -> Self {
        Self {
            revision: &service.revisions[index],
        }
    }

    /// `serviceRevisionArn`.
    #[must_use]
    pub fn arn(&self) -> &'a str {
        &self.revision.arn
    }

    /// The time of the create or update.
    #[must_use]
    pub fn created_at(&self) -> VirtualTime {
        self.revision.created_at
    }

    /// The configuration in the shape of an active configuration, without `serviceRevisionArn`,
    /// `createdAt` and `ingressPaths`.
    #[must_use]
    pub fn configuration(&self) -> Value {
        serde_json::to_value(&self.revision.configuration).unwrap_or_default()
    }

    /// The number of tasks that should run.
    #[must_use]
    pub fn requested_tasks(&self) -> i64 {
        self.revision.tasks.requested
    }

    /// The number of tasks that run.
    #[must_use]
    pub fn running_tasks(&self) -> i64 {
        self.revision.tasks.running
    }

    /// The share of the traffic, in percent.
    #[must_use]
    pub fn traffic_weight(&self) -> u8 {
        self.revision.weight
    }
}

/// A service deployment.
#[derive(Debug, Clone, Copy)]
pub struct DeploymentView<'a> {
    service: &'a Service,
    deployment: &'a Deployment,
}

impl<'a> DeploymentView<'a> {
    /// `serviceDeploymentArn`.
    #[must_use]
    pub fn arn(&self) -> &'a str {
        &self.deployment.arn
    }

    /// The revision that is deployed.
    #[must_use]
    pub fn target_revision(&self) -> RevisionView<'a> {
        RevisionView::of(self.service, self.deployment.target)
    }

    /// The revision that ran when the deployment started; `None` in a first deployment.
    #[must_use]
    pub fn source_revision(&self) -> Option<RevisionView<'a>> {
        let index = self.deployment.source?;
        Some(RevisionView::of(self.service, index))
    }

    /// The status, which tells how the deployment has ended once it does not run any more.
    #[must_use]
    pub fn status(&self) -> DeploymentStatus {
        self.deployment.status
    }

    /// `statusReason`.
    #[must_use]
    pub fn status_reason(&self) -> Option<&'a str> {
        self.deployment.status_reason.as_deref()
    }

    /// Whether reads show the deployment.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.deployment.visibility == Visibility::Shown
    }

    /// The time of the create or update.
    #[must_use]
    pub fn created_at(&self) -> VirtualTime {
        self.deployment.created_at
    }

    /// The time at which the deployment ended.
    #[must_use]
    pub fn finished_at(&self) -> Option<VirtualTime> {
        self.deployment.finished_at
    }
}
