//! The way of a call through the model: faults first, then throttling, then the action, then the record.

use serde_json::Value;

use crate::model::{
    api::{
        action::Action,
        arn::Caller,
        call::{Call, named_arn, named_services},
        error::{Answered, ApiError, Delivery},
    },
    faults::fault::{Effect, Fault},
    state::model::{MAX_CALLS, Model},
};

impl Model {
    /// Answers a call and records it. The delay of a late answer is ignored.
    ///
    /// # Errors
    /// Returns the error with which AWS would answer, or the one of an injected fault.
    pub fn call(&mut self, caller: &Caller, action: &str, body: &Value) -> Result<Value, ApiError> {
        let Answered { answer, delivery } = self.serve(caller, action, body);
        match (delivery, answer) {
            (Delivery::Cut, Ok(_)) => {
                let mut error = ApiError::new("Cut", "the answer was cut off");
                error.delivery = Delivery::Cut;
                Err(error)
            }
            (_, answer) => answer,
        }
    }

    /// Answers a call, records it, and returns the answer together with its delivery.
    pub fn serve(&mut self, caller: &Caller, action: &str, body: &Value) -> Answered {
        let services = named_services(body);
        let answered = self.answer(caller, action, body, &services);
        let created = answered
            .answer
            .as_ref()
            .ok()
            .and_then(|answer| answer["service"]["serviceArn"].as_str().map(str::to_owned));
        if self.calls.len() == MAX_CALLS {
            self.calls.pop_front();
        }
        self.call_count += 1;
        let error = answered.answer.as_ref().err();
        let lost = match answered.delivery {
            Delivery::Cut => Some("Cut".to_owned()),
            Delivery::Answered
            | Delivery::Late { .. }
            | Delivery::ConnectionReset
            | Delivery::Timeout => None,
        };
        self.calls.push_back(Call {
            action: action.to_owned(),
            at: self.now.epoch_seconds(),
            at_text: self.now.to_text(),
            region: caller.region.clone(),
            account: caller.account.clone(),
            service_name: services.into_iter().next(),
            service_arn: named_arn(body).or(created),
            code: lost.or(error.map(|error| match error.code.as_str() {
                "" => "NoCode".to_owned(),
                code => code.to_owned(),
            })),
            message: error
                .map(|error| error.message.clone())
                .filter(|message| !message.is_empty()),
            request: body.clone(),
        });
        answered
    }

    fn answer(
        &mut self,
        caller: &Caller,
        action: &str,
        body: &Value,
        services: &[String],
    ) -> Answered {
        let Some(known) = Action::parse(action) else {
            return Answered::at_once(Err(ApiError::new(
                "UnknownOperationException",
                format!(
                    "{action} is not supported by this emulator. Supported: {}.",
                    Action::names().join(", ")
                ),
            )));
        };
        let Some(fault) = self.take_fault(action, services) else {
            return Answered::at_once(self.execute(caller, known, body));
        };
        if fault.alters_answer() {
            let answer = self.execute(caller, known, body);
            return Answered::at_once(answer.map(|answer| fault.alter(answer)));
        }
        let delivery = fault.delivery();
        if fault.keeps_answer() {
            let answer = self.execute(caller, known, body);
            return Answered { answer, delivery };
        }
        if fault.effect == Effect::Applied {
            // The answer is lost even if it is an error.
            let _ = self.execute(caller, known, body);
        }
        let answer = Err(fault.to_error(body));
        Answered { answer, delivery }
    }

    /// Executes an action. A lagging action reads a past state.
    fn execute(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let now = self.bucket_time();
        self.throttles
            .charge(caller, action, body, &self.settings, now)?;
        if !action.is_read() {
            let answer = self.dispatch(caller, action, body);
            self.mark_changed();
            return answer;
        }
        match self.settings.lag(action) {
            0 => self.dispatch(caller, action, body),
            lag => match self.lagging_view(action, lag) {
                None => self.dispatch(caller, action, body),
                Some(mut past) => {
                    let answer = past.dispatch(caller, action, body);
                    self.reads = past.reads;
                    answer
                }
            },
        }
    }

    fn dispatch(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
    ) -> Result<Value, ApiError> {
        match action {
            Action::CreateExpressGatewayService => self.create_express_service(caller, body),
            Action::DescribeExpressGatewayService => self.describe_express_service(caller, body),
            Action::UpdateExpressGatewayService => self.update_express_service(caller, body),
            Action::DeleteExpressGatewayService => self.delete_express_service(caller, body),
            Action::ListServices => self.list_services(caller, body),
            Action::DescribeServices => self.describe_services(caller, body),
            Action::ListServiceDeployments => self.list_deployments(caller, body),
            Action::DescribeServiceDeployments => self.describe_deployments(caller, body),
            Action::DescribeServiceRevisions => self.describe_revisions(caller, body),
            Action::StopServiceDeployment => self.stop_deployment(caller, body),
            Action::TagResource => self.tag_resource(caller, body),
            Action::UntagResource => self.untag_resource(caller, body),
            Action::ListTagsForResource => self.list_tags(caller, body),
            Action::UpdateService => self.update_service(caller, body),
            Action::DescribeClusters => self.describe_clusters(caller, body),
            Action::ListClusters => self.list_clusters(caller, body),
            Action::RegisterTaskDefinition => self.register_task_definition(caller, body),
            Action::DescribeTaskDefinition => self.describe_task_definition(caller, body),
            Action::DeregisterTaskDefinition => self.deregister_task_definition(caller, body),
            Action::ListTaskDefinitions => self.list_task_definitions(caller, body),
            Action::GetCallerIdentity => Ok(self.caller_identity(caller, body)),
            Action::AssumeRole | Action::AssumeRoleWithWebIdentity => {
                self.assume_role(caller, action, body)
            }
        }
    }

    fn take_fault(&mut self, action: &str, services: &[String]) -> Option<Fault> {
        let index = self
            .faults
            .iter()
            .position(|fault| fault.matches(action, services))?;
        self.changes += 1;
        let fault = self.faults[index].clone();
        if fault.times <= 1 {
            self.faults.remove(index);
        } else {
            self.faults[index].times -= 1;
        }
        Some(fault)
    }
}
