//! Report: writes the status and publishes the events of a reconcile.

use super::{
    act::Acted,
    context::{Clock, Context},
    log,
    objects::Objects,
    reconciliation::{ReconcileError, Reconciliation},
    status::{Report, write_projection},
};
use crate::{
    core::{
        decide::{action::Action, decision::Decision, input::Input, reason::Reason},
        record::call::record_call,
        report::{
            event::Event, events::events, reconciled::Reconciled, status::is_ready,
            status_change::should_report, transitions::lasting_failure,
        },
    },
    ecs::Ecs,
};

/// Reports a reconcile, unless [`should_report`] says that it is too early for that.
pub(super) async fn report<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
    acted: &Acted,
) -> Result<(), ReconcileError> {
    let was_ready = is_ready(&reconciliation.status_before);
    let attempts = reconciliation.state.attempts;
    // The first operator state is always written: a finalizer without one means that a create may be in flight.
    let has_operator_state = reconciliation.status_before.trusted_state().is_some();
    if has_operator_state && !should_report(&decision.reason, attempts, was_ready) {
        return Ok(());
    }
    let Acted { intent, result } = acted;
    let now = ctx.clock.wall();
    // Events compare with the status before the reconcile; the stored one has the intent already.
    let before = reconciliation.status_before.clone();
    let stored = reconciliation.object.status.clone().unwrap_or_default();
    let operator_state = record_call(input, decision, intent.clone(), result, now);
    let reconciled = Reconciled {
        input,
        decision,
        result,
    };
    let report = Report {
        reconciled,
        operator_state,
        now,
    };
    let status = if reconciliation.released || decision.reason == Reason::Finalized {
        report.over(&stored)
    } else {
        write_projection(ctx, reconciliation, &stored, &report).await?
    };
    let object = &input.desired.object;
    log::transitions(object, &before, &status);
    // While the finalizer of a retained service is still there, the service was not marked, since the fence had
    // expired: the next reconcile reports what becomes of it.
    if matches!(decision.action, Action::Retain(_)) && !reconciliation.released {
        return Ok(());
    }
    let lasting = lasting_failure(reconciled, attempts);
    for event in events(&before, &status, reconciled).iter().chain(&lasting) {
        log::event(object, event);
        ctx.objects.publish(&reconciliation.object, event).await;
    }
    Ok(())
}

/// Reports that the API server rejects the status: each time in the log, and once by an event. The status itself is out
/// of date until then.
pub(super) async fn report_rejection<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    text: &str,
) {
    // The API server quotes the object.
    let text = reconciliation.redactor.show(text);
    let attempts = reconciliation.state.attempts + 1;
    tracing::warn!(
        object = %reconciliation.key(), attempts, error = %text,
        "the API server rejects what the operator writes"
    );
    if !std::mem::replace(&mut reconciliation.state.rejection_reported, true) {
        ctx.objects
            .publish(&reconciliation.object, &Event::rejected(&text))
            .await;
    }
}
