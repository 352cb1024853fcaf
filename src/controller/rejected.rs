//! What Kubernetes does not take. While a status cannot be written, it shows what was: so it is told in every other way.

use super::{
    Reconciliation,
    context::{Clock, Context},
    objects::{ObjectKey, Objects},
};
use crate::{core::report::event::Event, ecs::Ecs};

/// Tells that the API server does not take what was written, each time in the log, and once by an event.
pub(super) async fn tell<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    text: &str,
) {
    // The API server quotes the object.
    let text = reconciliation.redactor.show(text);
    let object = ObjectKey::of(&reconciliation.object.metadata);
    let attempts = reconciliation.state.attempts + 1;
    tracing::warn!(%object, attempts, error = %text, "the API server rejects what the operator writes");
    if !std::mem::replace(&mut reconciliation.state.rejection_reported, true) {
        ctx.objects
            .publish(&reconciliation.object, &Event::rejected(&text))
            .await;
    }
}
