//! The API actions that the model supports.

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// An action of Amazon ECS or AWS STS.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Action { $($name),* }

        impl Action {
            const ALL: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

actions!(
    CreateExpressGatewayService,
    DescribeExpressGatewayService,
    UpdateExpressGatewayService,
    DeleteExpressGatewayService,
    ListServices,
    DescribeServices,
    ListServiceDeployments,
    DescribeServiceDeployments,
    DescribeServiceRevisions,
    StopServiceDeployment,
    TagResource,
    UntagResource,
    ListTagsForResource,
    UpdateService,
    DescribeClusters,
    ListClusters,
    RegisterTaskDefinition,
    DescribeTaskDefinition,
    DeregisterTaskDefinition,
    ListTaskDefinitions,
    GetCallerIdentity,
    AssumeRole,
    AssumeRoleWithWebIdentity,
);

impl Action {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find_map(|(known, action)| (*known == name).then_some(*action))
    }

    pub(crate) fn as_str(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, action)| *action == self);
        named.map_or("", |(name, _)| name)
    }

    /// Whether the action reads ECS state and changes nothing. Only such actions can lag.
    pub(crate) fn is_read(self) -> bool {
        match self {
            Self::DescribeExpressGatewayService
            | Self::ListServices
            | Self::DescribeServices
            | Self::ListServiceDeployments
            | Self::DescribeServiceDeployments
            | Self::DescribeServiceRevisions
            | Self::ListTagsForResource
            | Self::DescribeClusters
            | Self::ListClusters
            | Self::DescribeTaskDefinition
            | Self::ListTaskDefinitions => true,
            Self::CreateExpressGatewayService
            | Self::UpdateExpressGatewayService
            | Self::DeleteExpressGatewayService
            | Self::StopServiceDeployment
            | Self::TagResource
            | Self::UntagResource
            | Self::UpdateService
            | Self::RegisterTaskDefinition
            | Self::DeregisterTaskDefinition
            | Self::GetCallerIdentity
            | Self::AssumeRole
            | Self::AssumeRoleWithWebIdentity => false,
        }
    }

    pub(crate) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|(name, _)| *name).collect()
    }
}
