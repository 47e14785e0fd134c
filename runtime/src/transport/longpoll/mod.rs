//! The longpoll transport: a socket for clients whose network lets no WebSocket through.
//!
//! A session is a task that owns a socket. The client's requests come and go: `GET` opens a session
//! or waits for its messages, `POST` brings messages for it. A signed token, which every answer
//! renews, names the session and how far the client has read. Nothing is therefore lost when a
//! request fails, and any node can serve it. A token is valid only at the mount that issued it.
//!
//! It is built only on the public items of [`transport`](crate::transport): an application's own
//! transport can do the same.
//!
//! | file | what |
//! | --- | --- |
//! | `request` | what is asked, in order of the decisions, and the HTTP answers |
//! | `wire` | answers as JSON, bodies as messages |
//! | `token` | what a token says |
//! | `context` | where it is good |
//! | `ledger` | what a client has, as a state machine |
//! | `session` | the shared half of a session: what requests reach, and whether answers could be written |
//! | `receipted` | an answer, on its way to the client |
//! | `channel` | how requests with messages reach it |
//! | `drive` | a session's driver, without the type of its socket |
//! | `task` | the task that owns the socket |
//! | `registry` | the sessions of a mount on this node |
//! | `limit` | how many there may be |
//! | `remote/` | sessions of other nodes, by PubSub |

mod channel;
mod context;
mod drive;
mod ledger;
mod limit;
mod receipted;
mod registry;
mod remote;
mod request;
mod session;
mod task;
mod token;
mod wire;

use std::sync::Arc;

use self::request::LongPollTransport;
use super::erased::{ErasedTransport, erase_answers};
use crate::socket::{LongPoll, Socket, TransportKind};

/// The longpoll transport of a mount of this socket; `None` where the feature is off.
pub(super) fn erased<S: Socket>(options: &'static LongPoll) -> Option<Arc<dyn ErasedTransport>> {
    Some(erased_transport(LongPollTransport::new::<S>(options)))
}

fn erased_transport(transport: LongPollTransport) -> Arc<dyn ErasedTransport> {
    let (options, transport) = (transport.options(), Arc::new(transport));
    erase_answers(options, TransportKind::LongPoll, move |attempt| {
        let transport = transport.clone();
        async move { transport.answer(attempt).await }
    })
}

/// For fuzzing.
#[cfg(feature = "fuzzing")]
pub(crate) fn messages(
    headers: &http::HeaderMap,
    body: bytes::Bytes,
    most: usize,
) -> Option<Vec<crate::message::Message>> {
    wire::Messages::read(headers, body, most)
        .ok()
        .map(Iterator::collect)
}
