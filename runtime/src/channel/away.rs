//! Callbacks that wait run in tasks of their own, so that they do not hold up other channels.

use std::{future::poll_fn, sync::Arc};

use super::{
    Signal,
    callback::{Callback, Outcome, Returned},
    conversation::Conversation,
};
use crate::{
    contain,
    escape::{shown, told},
    socket::Mailbox,
    task::boxed_in_debug,
    watchdog,
};

/// Moves a callback to a task of its own. Its outcome comes back as a signal. `bytes` is the length
/// of the client's message that it handles; 0 if it handles none.
pub(super) fn send_away(
    conversation: Arc<Conversation>,
    mut callback: Callback,
    bytes: usize,
    signals: Mailbox<Signal>,
) {
    let tasks = conversation.handle().0.connections.clone();
    let held = (bytes > 0).then(|| conversation.client.hold(bytes));
    let detached = conversation.detach();
    tasks.spawn(boxed_in_debug(async move {
        let running = poll_fn(|cx| {
            conversation.watched().turn(|| {
                watchdog::topic(conversation.topic());
                callback.as_mut().poll(cx)
            })
        });
        let outcome = tokio::select! {
            outcome = running => outcome,
            () = conversation.overdue() => give_up(callback, conversation.topic()),
        };
        drop((held, detached));
        let left = conversation.has_left();
        let returned = Returned::new(conversation, outcome);
        // Nobody waits for the outcome after the end.
        if !left {
            let _ = signals.send_beyond(Signal::returned(returned));
        }
    }));
}

fn give_up(callback: Callback, topic: &str) -> Outcome {
    let topic = shown(topic);
    tracing::warn!(%topic, "a callback was given up: its client has left");
    if let Err(panic) = contain::call(|| drop(callback)) {
        tracing::error!(%topic, "what a callback held panicked when it was dropped: {}", told(&panic));
    }
    Outcome::GivenUp
}
