//! The channels: each event shows one thing that a channel can do.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use landfall::{
    channel,
    channel::{Answer, Binary, JoinError, Mailbox, Outlet, Reply, SocketRef},
    pubsub::{BroadcastError, Payload},
    socket::Reason,
};
use serde_json::{Map, Value, json};

use super::users::HasUser;

/// How long a deferred reply takes.
const LATER: Duration = Duration::from_millis(50);

/// Messages of a room to itself.
#[derive(Debug)]
pub(super) enum Note {
    Joined,
    Reply(SocketRef),
}

/// The rooms. Some names decide how a join ends.
pub(super) struct RoomChannel<S> {
    socket: Arc<S>,
    mailbox: Mailbox<Note>,
}

#[channel(S)]
impl<S: HasUser> RoomChannel<S> {
    async fn join(
        #[rest] room: &str,
        #[payload] params: Payload,
        socket: Arc<S>,
        mailbox: Mailbox<Note>,
    ) -> Result<(Self, Payload), JoinError> {
        let mut reply = Payload::EMPTY;
        match room {
            "refuse" => return Err(JoinError::because("unauthorized")),
            "reply" => {
                let got: Value =
                    serde_json::from_str(params.as_text().expect("params that JSON can show"))?;
                reply = json!({ "hello": "world", "got": got }).into();
            }
            // The second is a return value that Rust's types rule out.
            "crash_join" | "bad_return" => crash("join crashed"),
            "afterjoin" => mailbox.send(Note::Joined)?,
            _ => {}
        }
        Ok((RoomChannel { socket, mailbox }, reply))
    }

    #[handle_in("new_msg")]
    fn new_msg(&mut self, payload: Payload, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast("new_msg", payload)
    }

    #[handle_in("broadcast_from")]
    fn broadcast_from(&mut self, payload: Payload, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast_from("from", payload)
    }

    #[handle_in("broadcast_bin")]
    fn broadcast_bin(&mut self, payload: Binary, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast("bin", payload)
    }

    #[handle_in("broadcast_intercepted")]
    fn broadcast_intercepted(
        &mut self,
        payload: Payload,
        out: &mut Outlet,
    ) -> Result<Reply, BroadcastError> {
        out.broadcast("intercepted", payload)?;
        Ok(Reply::ok(Payload::EMPTY))
    }

    #[handle_in("broadcast_dropped")]
    fn broadcast_dropped(
        &mut self,
        payload: Payload,
        out: &mut Outlet,
    ) -> Result<Reply, BroadcastError> {
        out.broadcast("dropped", payload)?;
        Ok(Reply::ok(Payload::EMPTY))
    }

    #[handle_out("intercepted")]
    fn intercepted(&mut self, mut payload: Map<String, Value>, out: &mut Outlet) {
        payload.insert("seen_by".to_owned(), out.topic().into());
        out.push("intercepted", Value::from(payload));
    }

    #[handle_out("dropped")]
    fn dropped(&mut self) {}

    #[handle_in("echo")]
    fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(wrap(payload))
    }

    #[handle_in("reply_ok")]
    fn reply_ok(&mut self) -> Reply {
        Reply::ok(Payload::EMPTY)
    }

    #[handle_in("reply_error")]
    fn reply_error(&mut self) -> Reply {
        Reply::because("nope")
    }

    #[handle_in("reply_error_atom")]
    fn reply_error_without_payload(&mut self) -> Reply {
        Reply::error(Payload::EMPTY)
    }

    #[handle_in("reply_custom")]
    fn reply_custom(&mut self) -> Reply {
        Reply::new("custom", json!({ "a": 1 }))
    }

    #[handle_in("reply_list")]
    fn reply_list(&mut self) -> Reply {
        Reply::ok(json!([1, 2]))
    }

    #[handle_in("noreply")]
    fn noreply(&mut self) {}

    #[handle_in("push")]
    fn push(&mut self, payload: Payload, out: &mut Outlet) {
        out.push("pushed", wrap(payload));
    }

    #[handle_in("push_bin")]
    fn push_bin(&mut self, out: &mut Outlet) {
        out.push("bin", vec![1, 2, 3]);
    }

    #[handle_in("push_reply")]
    fn push_reply(&mut self, payload: Payload, out: &mut Outlet) -> Reply {
        out.push("pushed", wrap(payload));
        Reply::ok(json!({ "after": "push" }))
    }

    #[handle_in("async")]
    async fn reply_later(&mut self, out: &mut Outlet) {
        let message = out.socket_ref().expect("a message that expects a reply");
        let mailbox = self.mailbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(LATER).await;
            mailbox.send(Note::Reply(message))
        });
    }

    #[handle_in("state")]
    fn state(&mut self, out: &mut Outlet) -> Result<Reply, serde_json::Error> {
        let json = |text: String| serde_json::from_str::<Value>(&text);
        Ok(Reply::ok(json!({
            "topic": out.topic(),
            "join_ref": json(out.join_ref().to_json())?,
            "ref": json(out.message_ref().to_json())?,
            "joined": true,
            "assigns": ["log_id", "user_id"],
            "id": self.socket.user().id(),
        })))
    }

    #[handle_in("stop")]
    fn stop(&mut self) -> Answer {
        Answer::stop()
    }

    #[handle_in("stop_shutdown", "stop_shutdown_t")]
    fn stop_shutdown(&mut self) -> Answer {
        Answer::Stop {
            reason: Reason::Shutdown,
            reply: None,
        }
    }

    #[handle_in("stop_reply")]
    fn stop_reply(&mut self) -> Answer {
        Answer::stop_with(Reply::ok(json!({ "bye": true })))
    }

    #[handle_in("stop_boom")]
    fn stop_boom(&mut self) -> Answer {
        Answer::fail("boom")
    }

    #[handle_in("crash", "bad_return")]
    fn crash(&mut self) {
        crash("channel crash");
    }

    async fn handle_info(
        &mut self,
        note: Note,
        out: &mut Outlet,
    ) -> Result<(), landfall::message::PushError> {
        match note {
            Note::Joined => {
                out.push(
                    "joined",
                    json!({ "topic": out.topic(), "join_ref": out.join_ref().to_string() }),
                );
                Ok(())
            }
            Note::Reply(message) => message.reply(Reply::ok(json!({ "late": true }))),
        }
    }

    fn terminate(self, reason: Reason) {
        self.socket.user().note_channel(&reason);
    }
}

/// Replies with the topic and the parameters of its join.
pub(super) struct OtherChannel<S>(PhantomData<S>);

#[channel(S)]
impl<S: HasUser> OtherChannel<S> {
    fn join(#[topic] topic: &str, #[payload] params: Value) -> (Self, Value) {
        (
            OtherChannel(PhantomData),
            json!({ "topic": topic, "params": params }),
        )
    }

    #[handle_in("echo")]
    fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }
}

/// Panics without a report. A report takes longer than a client waits: it looks up the stack.
fn crash(text: &'static str) -> ! {
    std::panic::resume_unwind(Box::new(text))
}

/// Wraps a payload that is not a JSON object in one.
fn wrap(payload: Payload) -> Payload {
    match &payload {
        Payload::Json(json) if !json.starts_with('{') => {
            Payload::Json(format!("{{\"got\":{json}}}").into())
        }
        _ => payload,
    }
}
