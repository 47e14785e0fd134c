//! Asks a session of another node.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::{
    super::{
        ledger::Bookmark,
        session::{Posted, window},
        token::Ticket,
        wire::Messages,
    },
    protocol::{ANSWER, Address, HERE, LEAVE, LONGEST, PART, REQUEST, RemoteReply, Request, Wants},
};
use crate::{
    handle::Handle,
    pubsub::{Broadcast, BroadcastError, Payload, Subscription},
    transport::unguessable_name,
};

/// The maximum size of the messages in one answer of another node.
const LARGEST: usize = 64 * 1024 * 1024;

/// The outcome of a poll at another node.
pub(in crate::transport::longpoll) struct RemotePolled {
    pub(in crate::transport::longpoll) elements: Vec<Bytes>,
    pub(in crate::transport::longpoll) mark: Bookmark,
}

/// The outcome of a request with messages at another node.
pub(in crate::transport::longpoll) enum RemotePosted {
    There(Posted),
    /// There is no such session.
    Gone,
    /// They are larger than what nodes send each other.
    TooLarge,
}

/// Waits for messages of a session of another node. `None` if it is not there, or ends meanwhile.
pub(in crate::transport::longpoll) async fn poll(
    handle: &Handle,
    ticket: &Ticket,
    length: Duration,
    patience: Duration,
) -> Option<RemotePolled> {
    let question = Question {
        wants: Wants::Poll,
        body: &[],
        window: length,
        patience,
        work: length,
    };
    let asked = tokio::select! {
        asked = question.ask(handle, ticket) => asked,
        // Normally the session's own node ends the window first. This is reached only if our node
        // stops.
        () = window(handle, length.saturating_add(patience * 2)) => Asked::Late,
    };
    match asked {
        Asked::Answered(RemoteReply::Polled { upto, answer }, elements) => Some(RemotePolled {
            elements,
            mark: Bookmark { upto, answer },
        }),
        // The session was there, so the client can ask again with what it has.
        Asked::Late => Some(RemotePolled {
            elements: Vec::new(),
            mark: ticket.mark,
        }),
        Asked::Answered(..) | Asked::Nowhere | Asked::TooLarge => None,
    }
}

/// Hands messages to a session of another node.
pub(in crate::transport::longpoll) async fn post(
    handle: &Handle,
    ticket: &Ticket,
    messages: Messages,
    window: Duration,
    patience: Duration,
) -> RemotePosted {
    let work = window.saturating_mul(u32::try_from(messages.len()).unwrap_or(u32::MAX));
    let (body, lines) = messages.into_body();
    let question = Question {
        wants: Wants::Post { lines },
        body: &body,
        window,
        patience,
        work,
    };
    match question.ask(handle, ticket).await {
        Asked::Answered(RemoteReply::Posted { handled: true }, _) => {
            RemotePosted::There(Posted::Handled)
        }
        Asked::Answered(RemoteReply::Gone, _) | Asked::Nowhere => RemotePosted::Gone,
        Asked::TooLarge => RemotePosted::TooLarge,
        Asked::Answered(..) | Asked::Late => RemotePosted::There(Posted::Late),
    }
}

/// What a session of another node is asked.
struct Question<'a> {
    wants: Wants,
    body: &'a [u8],
    window: Duration,
    /// How long the session may take to say that it is there.
    patience: Duration,
    /// How long it may work.
    work: Duration,
}

enum Asked {
    /// The answer, and the messages that came with it.
    Answered(RemoteReply, Vec<Bytes>),
    /// The session is there. Its answer did not come.
    Late,
    /// The session is not there.
    Nowhere,
    TooLarge,
}

impl Question<'_> {
    async fn ask(&self, handle: &Handle, ticket: &Ticket) -> Asked {
        let session = Address::of_session(&ticket.node, &ticket.session);
        if session.is_down(handle) {
            return Asked::Nowhere;
        }
        let reply = Address::here(handle, format!("phx:lp:reply:{}", unguessable_name()));
        let mut replies = handle.pubsub().subscribe_here(reply.topic());
        // Only polls are cancelled: messages that were handed over are handled, whether or not
        // anybody waits.
        let waiting = matches!(self.wants, Wants::Poll).then(|| Waiting {
            handle,
            session: &session,
            reply: reply.topic().to_owned(),
        });
        let Bookmark { upto, answer } = ticket.mark;
        let request = Request {
            reply,
            upto,
            answer,
            window_ms: self.window.as_millis() as u64,
            wants: self.wants,
        };
        let Some(request) = request.write(self.body) else {
            return Asked::TooLarge;
        };
        match session.tell(handle, REQUEST, request) {
            Ok(()) => {}
            Err(BroadcastError::TooLarge { .. }) => return Asked::TooLarge,
            Err(_) => return Asked::Nowhere,
        }
        let asked = self.listen(&mut replies).await;
        if matches!(asked, Asked::Answered(..)) {
            waiting.into_iter().for_each(Waiting::answered);
        }
        asked
    }

    async fn listen(&self, replies: &mut Subscription) -> Asked {
        let (mut is_here, mut deadline) = (false, Instant::now() + self.patience);
        let (mut parts, mut bytes) = (Vec::new(), 0);
        loop {
            let Some(broadcast) = next(replies, deadline).await else {
                return if is_here { Asked::Late } else { Asked::Nowhere };
            };
            match (broadcast.event(), broadcast.payload()) {
                (HERE, _) => {
                    is_here = true;
                    deadline = Instant::now() + self.work.min(LONGEST) + self.patience;
                }
                (PART, Payload::Binary(part)) if bytes + part.len() <= LARGEST => {
                    bytes += part.len();
                    parts.push(part.clone());
                }
                (ANSWER, answer) => {
                    return match answer.parse() {
                        Ok(answer) => Asked::Answered(answer, parts),
                        Err(_) => Asked::Late,
                    };
                }
                // Without a part the answer is of no use.
                (PART, _) => return Asked::Late,
                _ => {}
            }
        }
    }
}

/// A poll that waits for its answer. Dropping it tells the session that nobody waits any more.
struct Waiting<'a> {
    handle: &'a Handle,
    session: &'a Address,
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
            let reply = std::mem::take(&mut self.reply);
            let _ = self.session.tell(self.handle, LEAVE, reply.into());
        }
    }
}

/// `None` if nothing came in time, or something was lost.
async fn next(replies: &mut Subscription, deadline: Instant) -> Option<Broadcast> {
    timeout_at(deadline, replies.recv()).await.ok()?.ok()
}
