//! Asks a session of another node.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{
    super::{
        ledger::Bookmark,
        session::{Posted, window},
        token::Ticket,
        wire::Messages,
    },
    protocol::{ANSWER, HERE, LEAVE, LONGEST, REQUEST, RemoteReply, Request, Wired, topic},
};
use crate::{
    handle::Handle,
    pubsub::{Broadcast, Payload, Subscription},
    transport::unguessable_name,
};

/// The outcome of a poll at another node.
pub(in crate::transport::longpoll) struct RemotePolled {
    pub(in crate::transport::longpoll) elements: String,
    pub(in crate::transport::longpoll) mark: Bookmark,
}

/// Waits for messages of a session of another node. `None` if it is not there, or ends meanwhile.
pub(in crate::transport::longpoll) async fn poll(
    handle: &Handle,
    ticket: &Ticket,
    length: Duration,
    patience: Duration,
) -> Option<RemotePolled> {
    let answer = tokio::select! {
        answer = ask(handle, ticket, None, length, patience, length) => answer?,
        // Normally the session's own node ends the window first. This is reached only if our node
        // stops.
        () = window(handle, length.saturating_add(patience * 2)) => None,
    };
    match answer {
        Some(RemoteReply::Polled {
            elements,
            upto,
            answer,
        }) => Some(RemotePolled {
            elements,
            mark: Bookmark { upto, answer },
        }),
        Some(_) => None,
        // The session was there, so the client can ask again with what it has.
        None => Some(RemotePolled {
            elements: String::new(),
            mark: ticket.mark,
        }),
    }
}

/// Hands messages to a session of another node. `None` if it is not there.
pub(in crate::transport::longpoll) async fn post(
    handle: &Handle,
    ticket: &Ticket,
    messages: Messages,
    window: Duration,
    patience: Duration,
) -> Option<Posted> {
    let work = window.saturating_mul(u32::try_from(messages.len()).unwrap_or(u32::MAX));
    let messages = Wired::new(messages)?;
    match ask(handle, ticket, Some(messages), window, patience, work).await? {
        Some(RemoteReply::Posted { handled: true }) => Some(Posted::Handled),
        Some(RemoteReply::Gone) => None,
        _ => Some(Posted::Late),
    }
}

/// `None`: the session is not there. `Some(None)`: its answer did not come.
async fn ask(
    handle: &Handle,
    ticket: &Ticket,
    messages: Option<Wired>,
    window: Duration,
    patience: Duration,
    work: Duration,
) -> Option<Option<RemoteReply>> {
    let reply = format!("phx:lp:reply:{}", unguessable_name());
    let mut replies = handle.subscribe(&reply);
    let Bookmark { upto, answer } = ticket.mark;
    // Only polls are cancelled: messages that were handed over are handled, whether or not anybody
    // waits.
    let waiting = messages.is_none().then(|| Waiting {
        handle,
        ticket,
        reply: reply.clone(),
    });
    let request = Request {
        reply,
        upto,
        answer,
        window_ms: window.as_millis() as u64,
        messages,
    };
    let request = Payload::from_json(&request).ok()?;
    handle
        .broadcast(&topic(&ticket.session), REQUEST, request)
        .ok()?;
    let (mut here, mut deadline) = (false, Instant::now() + patience);
    loop {
        let broadcast = next(&mut replies, deadline).await;
        match broadcast.as_ref().map(Broadcast::event) {
            Some(HERE) => (here, deadline) = (true, Instant::now() + work.min(LONGEST) + patience),
            Some(ANSWER) => {
                waiting.into_iter().for_each(Waiting::answered);
                let payload = broadcast.as_ref()?.payload().as_text()?;
                return Some(serde_json::from_str(payload).ok());
            }
            Some(_) => {}
            None => return here.then_some(None),
        }
    }
}

/// A poll that waits for its answer. Dropping it tells the session that nobody waits any more.
struct Waiting<'a> {
    handle: &'a Handle,
    ticket: &'a Ticket,
    reply: String,
}

impl Waiting<'_> {
    fn answered(mut self) {
        self.reply.clear();
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.reply.is_empty() {
            // If this message is lost, the session notices at the end of the window.
            let _ = self.handle.broadcast(
                &topic(&self.ticket.session),
                LEAVE,
                std::mem::take(&mut self.reply),
            );
        }
    }
}

async fn next(replies: &mut Subscription, deadline: Instant) -> Option<Broadcast> {
    timeout_at(deadline, replies.recv()).await.ok()?.ok()
}
