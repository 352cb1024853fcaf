//! The way of a request: from the process to the server and back, with the faults that meet it.

use std::time::Duration;

use ecs_express_operator::controller::objects::ObjectKey;
use futures::channel::oneshot;
use serde_json::Value;

use super::{
    Event, Simulator,
    failures::{failed, lost, refused, with_others_tags},
};
use crate::{
    checkers::{Occurrence, named_arn},
    link::{Credentials, Sent, lock},
    process::ProcessId,
    request::{Answer, AwsError, Patch, Request},
    scenario::fault::{FaultKind, Moment},
    story::Who,
};

/// When a client gives up waiting for an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(20);

/// A request sent to the server.
pub(super) struct Flight {
    pub(super) process: ProcessId,
    pub(super) reconciled: Option<ObjectKey>,
    pub(super) sent_at: Duration,
    pub(super) credentials: Credentials,
    pub(super) request: Request,
    /// Where the answer goes; nowhere if the client has given up or will.
    reply: Option<oneshot::Sender<Answer>>,
    fault: Option<FaultKind>,
}

/// A call to AWS.
struct Call {
    reconciled: Option<ObjectKey>,
    action: &'static str,
    account: String,
    body: Value,
}

/// An answer sent to the process.
pub(super) struct Reply {
    process: ProcessId,
    reply: oneshot::Sender<Answer>,
    answer: Answer,
    /// The call to AWS that it answers.
    call: Option<Call>,
    /// The process dies once it has handled the answer, and starts again after this time.
    then_dies: Option<Duration>,
}

impl Simulator<'_> {
    /// Sends a request of a process in flight.
    pub(super) fn send(&mut self, process: ProcessId, sent: Sent) {
        let Sent {
            reconciled,
            request,
            reply,
        } = sent;
        self.check(&Occurrence::Sent {
            process,
            reconciled: reconciled.as_ref(),
            request: &request,
        });
        let fault = self.fault_of(&request);
        self.note_request(&request, reconciled.as_ref(), fault.as_ref());
        let credentials = self.credentials(process);
        let mut flight = Flight {
            process,
            reconciled,
            sent_at: self.now,
            credentials,
            request,
            reply: Some(reply),
            fault: fault.clone(),
        };
        let latency = self.latency(flight.request.is_aws());
        let now = self.now;
        match fault {
            None
            | Some(
                FaultKind::AnswerLost
                | FaultKind::LateAnswer(_)
                | FaultKind::Refused(_)
                | FaultKind::ErrorAfterEffect
                | FaultKind::Conflict
                | FaultKind::OthersTags
                | FaultKind::Crash(Moment::AfterEffect | Moment::AfterAnswer, _)
                | FaultKind::Freeze(Moment::AfterEffect | Moment::AfterAnswer, _),
            ) => self.after(latency, Event::Arrive(Box::new(flight))),
            Some(FaultKind::RequestLost) => {
                let answer = lost(&flight.request, "DispatchFailure");
                self.answer_after(latency, flight, answer);
            }
            Some(FaultKind::NoAnswer(effect)) => {
                let answer = lost(&flight.request, "Timeout");
                let reply = flight.reply.take();
                let (call, process) = (call_of(&flight), flight.process);
                if let Some(effect) = effect {
                    self.after(effect, Event::Arrive(Box::new(flight)));
                }
                if let Some(reply) = reply {
                    let reply = Reply {
                        process,
                        reply,
                        answer,
                        call,
                        then_dies: None,
                    };
                    self.after(CLIENT_TIMEOUT, Event::Reply(Box::new(reply)));
                }
            }
            Some(FaultKind::Late(by)) => self.after(by + latency, Event::Arrive(Box::new(flight))),
            Some(FaultKind::Crash(Moment::BeforeSend, down)) => self.kill(process.operator, down),
            Some(FaultKind::Freeze(Moment::BeforeSend, span)) => {
                self.freeze(process.operator, span);
                self.at(now + span + latency, Event::Arrive(Box::new(flight)));
            }
        }
    }

    pub(super) fn credentials(&mut self, id: ProcessId) -> Credentials {
        self.process(id).map_or(Credentials::None, |process| {
            lock(&process.link.credentials).1.clone()
        })
    }

    fn latency(&mut self, aws: bool) -> Duration {
        let milliseconds = if aws {
            10 + self.random.below(40)
        } else {
            1 + self.random.below(5)
        };
        Duration::from_millis(milliseconds)
    }

    /// A request reaches its server.
    pub(super) fn arrive(&mut self, mut flight: Flight) {
        let fault = flight.fault.take();
        if let Some(FaultKind::Refused(refusal)) = &fault {
            let running = self.running(&flight.request);
            let number = self.schedule.count();
            let answer = refused(&flight.request, *refusal, number, running.as_ref());
            let latency = self.latency(flight.request.is_aws());
            self.answer_after(latency, flight, answer);
            return;
        }
        if fault == Some(FaultKind::Conflict)
            && let Request::Patch(Patch { key, .. }) = &flight.request
        {
            let key = key.clone();
            self.label(&key, "conflict");
        }
        let answer = self.serve(&flight);
        let latency = self.latency(flight.request.is_aws());
        match fault {
            Some(FaultKind::AnswerLost) => {
                let answer = lost(&flight.request, "DispatchFailure");
                self.answer_after(latency, flight, answer);
            }
            Some(FaultKind::ErrorAfterEffect) => {
                let answer = failed(&flight.request);
                self.answer_after(latency, flight, answer);
            }
            Some(FaultKind::OthersTags) => {
                self.answer_after(latency, flight, with_others_tags(answer));
            }
            Some(FaultKind::LateAnswer(by)) => self.answer_after(by, flight, answer),
            Some(FaultKind::Crash(Moment::AfterEffect, down)) => {
                self.kill_if(flight.process, down);
            }
            Some(FaultKind::Crash(Moment::AfterAnswer, down)) => {
                self.answer_and_then(latency, flight, answer, Some(down));
            }
            Some(FaultKind::Freeze(_, span)) => {
                self.freeze(flight.process.operator, span);
                self.answer_after(latency, flight, answer);
            }
            Some(
                FaultKind::RequestLost
                | FaultKind::NoAnswer(_)
                | FaultKind::Late(_)
                | FaultKind::Refused(_)
                | FaultKind::Conflict
                | FaultKind::Crash(Moment::BeforeSend, _),
            )
            | None => self.answer_after(latency, flight, answer),
        }
    }

    /// The configuration that the service of a call runs, if the call changes it.
    fn running(&self, request: &Request) -> Option<Value> {
        let Request::Aws { account, body, .. } = request else {
            return None;
        };
        let arn = named_arn(account, body).filter(|_| request.changes_aws())?;
        let steady = self.truth.service(&arn)?.steady.as_ref();
        steady.map(|(_, configuration)| configuration.clone())
    }

    fn kill_if(&mut self, id: ProcessId, down: Duration) {
        if self.process(id).is_some() {
            self.kill(id.operator, down);
        }
    }

    pub(super) fn freeze(&mut self, operator: usize, span: Duration) {
        let until = self.now + span;
        if let Some(process) = &mut self.operators[operator].process {
            process.frozen_until = Some(until);
            let id = process.id;
            self.story.tell(self.now, Who::Operator(id), || {
                format!("is frozen for {span:?}")
            });
        }
    }

    fn answer_after(&mut self, delay: Duration, flight: Flight, answer: Answer) {
        self.answer_and_then(delay, flight, answer, None);
    }

    fn answer_and_then(
        &mut self,
        delay: Duration,
        flight: Flight,
        answer: Answer,
        then_dies: Option<Duration>,
    ) {
        let call = call_of(&flight);
        if let Some(reply) = flight.reply {
            let reply = Reply {
                process: flight.process,
                reply,
                answer,
                call,
                then_dies,
            };
            self.after(delay, Event::Reply(Box::new(reply)));
        }
    }

    /// An answer reaches its process.
    pub(super) fn reply(&mut self, reply: Reply) {
        let Reply {
            process,
            reply,
            answer,
            call,
            then_dies,
        } = reply;
        if let Some(Call {
            reconciled,
            action,
            account,
            body,
        }) = &call
        {
            let succeeded = matches!(answer, Answer::Aws(Ok(_)));
            let definite = match &answer {
                Answer::Aws(Ok(_)) => true,
                Answer::Aws(Err(AwsError::Refused { status, code, .. })) => {
                    *status < 500 && code.is_some()
                }
                Answer::Aws(Err(AwsError::NoCredentials)) => true,
                Answer::Aws(Err(AwsError::NoAnswer(_))) | Answer::Object(_) | Answer::Published => {
                    false
                }
            };
            self.check(&Occurrence::Answered {
                process,
                reconciled: reconciled.as_ref(),
                action,
                account,
                body,
                definite,
                succeeded: succeeded || definite && says_that_nothing_is_there(&answer),
            });
        }
        // A process that has died does not receive it.
        let _ = reply.send(answer);
        if let Some(down) = then_dies {
            let now = self.now;
            if let Some(process) = self.process(process) {
                process.execute(now);
                // What it sent since then never left it.
                drop(process.take_sent());
            }
            self.kill_if(process, down);
        }
    }
}

pub(super) fn is_write(request: &Request) -> bool {
    match request {
        Request::Aws { .. } => request.changes_aws(),
        Request::Patch(_) | Request::Publish(..) => true,
        Request::Read(_) => false,
    }
}

/// Whether the answer says that there is no such service or cluster.
fn says_that_nothing_is_there(answer: &Answer) -> bool {
    let Answer::Aws(Err(AwsError::Refused { message, .. })) = answer else {
        return false;
    };
    message.contains("not found")
}

fn call_of(flight: &Flight) -> Option<Call> {
    match &flight.request {
        Request::Aws {
            action,
            account,
            body,
            ..
        } => Some(Call {
            reconciled: flight.reconciled.clone(),
            action,
            account: account.clone(),
            body: body.clone(),
        }),
        Request::Read(_) | Request::Patch(_) | Request::Publish(..) => None,
    }
}
