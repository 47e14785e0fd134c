//! Many channels over one connection.

mod join;
mod resolve;

use std::{borrow::Cow, fmt, future::poll_fn, sync::Arc, task::Poll};

use super::{
    ChannelSocket, ClientMessage, Event, OnGap, Ref, Reply, ServerMessage, Signal, Undecodable,
    Versioned,
    away::send_away,
    callback::{Call, Callback},
    client::Client,
    conversation::Conversation,
    log, negotiate,
    signal::Kind,
    slot::{Begun, Slot, Waiting},
    socket::channel_of,
    table::Table,
};
use crate::{
    escape::{shown, told},
    message::{Message, PushError},
    pubsub::Payload,
    socket::{
        Children, Connect, Draining, Flow, Mailbox, Needs, Outbox, Param, Reason, Refused, Socket,
        SocketOptions,
    },
    state::AppState,
    watchdog,
};

/// The topic and the event of a client's heartbeat.
const HEARTBEAT: (Option<&str>, Option<&str>) = (Some("phoenix"), Some("heartbeat"));
/// "Going away". Clients reconnect after any code but 1000.
const GOING_AWAY: u16 = 1001;
/// "Internal error": Phoenix's code for a client whose message it cannot read.
const INTERNAL_ERROR: u16 = 1011;

/// The socket that holds a client's channels: what is mounted for a [`ChannelSocket`].
pub struct Multiplexer<S: ChannelSocket> {
    socket: Arc<S>,
    speaks: &'static Versioned,
    mailbox: Mailbox<Signal>,
    /// Made by the first join.
    table: Option<Box<Table>>,
}

/// A callback to run, and its conversation.
struct Task {
    conversation: Arc<Conversation>,
    callback: Callback,
    /// The length of the client's message that it handles; 0 if it handles none.
    bytes: usize,
}

// Whoever writes a socket is told of this trait, and not of what has it already.
#[diagnostic::do_not_recommend]
impl<S: ChannelSocket> Socket for Multiplexer<S> {
    type Info = Signal;
    type State = S::State;

    const OPTIONS: SocketOptions = S::OPTIONS;
    const NEEDS: Needs = S::NEEDS;
    const HOLDS_CHANNELS: bool = true;

    fn children(children: &mut Children) {
        S::children(children);
    }

    async fn drain(draining: Draining) {
        S::drain(draining).await;
    }

    fn undeclared(state: &AppState) -> Vec<(&'static str, &'static str)> {
        let routes = S::CHANNELS.iter();
        routes
            .flat_map(|route| {
                let types = route.undeclared(state).into_iter();
                types.map(|part| (route.channel(), part))
            })
            .collect()
    }

    fn channel_of(topic: &str) -> Option<&'static str> {
        Some(channel_of::<S>(topic)).filter(|name| !name.is_empty())
    }

    async fn connect(connect: Connect<Signal>) -> Result<Self, Refused> {
        let vsn = match connect.params().get("vsn") {
            None => None,
            Some(Param::Text(vsn)) => Some(vsn.as_str()),
            // A list or a map is not a version.
            Some(_) => Some(""),
        };
        let speaks = negotiate(S::SERIALIZERS, vsn).map_err(|error| {
            tracing::warn!("{}", told(&error));
            Refused::new()
        })?;
        let (mut connect, mailbox) = connect.split();
        connect.brought.speaks = Some(speaks);
        let socket = match connect.given() {
            Some(socket) => socket,
            None => S::connect(connect).await?,
        };
        let socket = Arc::new(socket);
        Ok(Multiplexer {
            socket,
            speaks,
            mailbox,
            table: None,
        })
    }

    async fn init(&mut self, _: &mut Outbox) -> Flow {
        if let Some(id) = self.socket.id() {
            self.mailbox.deliver(&id);
        }
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let bytes = message.len();
        let message = match self.decode(message) {
            Ok(message) => message,
            Err(error) => return not_understood(&error),
        };
        let task = if message.event.as_str() == Some("phx_join") {
            if self.in_the_way(&message).is_some() {
                Box::pin(self.make_way(&message)).await;
            }
            self.join(message, bytes, out)
        } else {
            self.dispatch(message, bytes, out)
        };
        self.run(task, out).await;
        Flow::Continue
    }

    async fn handle_info(&mut self, signal: Signal, out: &mut Outbox) -> Flow {
        let task = match signal.0 {
            Kind::ToSocket(broadcast) if broadcast.event() == "disconnect" => {
                let text = Cow::Borrowed("");
                return Flow::Stop {
                    code: GOING_AWAY,
                    text,
                    reason: Reason::Disconnected,
                };
            }
            Kind::ToSocket(_) => None,
            Kind::Info(place, info) => self.hand_over(Call::Info(place, info)),
            Kind::Intercepted(place, broadcast) => self.hand_over(Call::Out(place, broadcast)),
            Kind::Returned(mut returned) => {
                let outcome = returned.take();
                outcome.and_then(|outcome| {
                    self.resolve(returned.conversation(), outcome, out);
                    self.next(returned.conversation(), out)
                })
            }
            Kind::Resumed(conversation) => self.next(&conversation, out),
            Kind::Overflowed(conversation) => {
                let topic = shown(conversation.topic());
                tracing::warn!(%topic, "a channel ends: too many broadcasts wait for its callback");
                self.abort(&conversation, Reason::Overflow, out);
                None
            }
            Kind::Gap(conversation) => match conversation.terms.on_gap {
                OnGap::Ignore => None,
                OnGap::Tell => self.hand_over(Call::Gap(conversation)),
                OnGap::Rejoin => {
                    self.abort(&conversation, Reason::Gap, out);
                    None
                }
            },
        };
        self.run(task, out).await;
        Flow::Continue
    }

    fn serializer(&self) -> Option<&'static str> {
        Some(self.speaks.serializer.name())
    }

    fn takes_messages(&mut self) -> bool {
        self.table
            .as_ref()
            .is_none_or(|table| table.client.has_room())
    }

    fn terminate(mut self, reason: Reason) {
        self.leave_all(&reason);
    }
}

impl<S: ChannelSocket> Multiplexer<S> {
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
        let message = self.speaks.serializer.decode(message)?;
        match message.envelope() {
            bytes if bytes > S::MAX_ENVELOPE_SIZE => Err(Undecodable::new(format!(
                "{bytes} bytes of topic, event and refs, and {} is the most",
                S::MAX_ENVELOPE_SIZE
            ))),
            _ => Ok(message),
        }
    }

    /// Handles a message that is not a join. Returns the callback that is to run for it.
    fn dispatch(&mut self, message: ClientMessage, bytes: usize, out: &mut Outbox) -> Option<Task> {
        let (topic, event) = (message.topic.as_str(), message.event.as_str());
        if (topic, event) == HEARTBEAT {
            self.reply(out, &Ref::NULL, &message, &Reply::ok(Payload::EMPTY));
            return None;
        }
        let Some(slot) = topic
            .zip(self.table.as_mut())
            .and_then(|(topic, table)| table.get(topic))
        else {
            self.unjoined(&message, out);
            return None;
        };
        if slot.is_stale(&message.join_ref) {
            return None;
        }
        if slot.is_busy() {
            if event == Some("phx_leave") {
                slot.conversation.hurry();
            }
            let held = slot.conversation.client.hold(bytes);
            slot.wait(Waiting::Message(message, held));
            return None;
        }
        let conversation = slot.conversation.clone();
        self.handle(&conversation, message, bytes, out)
    }

    /// Handles a message for a joined channel. Returns the callback that is to run for it.
    fn handle(
        &mut self,
        conversation: &Arc<Conversation>,
        message: ClientMessage,
        bytes: usize,
        out: &mut Outbox,
    ) -> Option<Task> {
        match message.event.as_str() {
            Some("phx_leave") => {
                let (join_ref, reply) = (conversation.join_ref(), &Reply::ok(Payload::EMPTY));
                self.reply(out, join_ref, &message, reply);
                self.end(conversation, Reason::Left, out);
                None
            }
            Some(_) => self.begin(conversation, message, bytes, out),
            None => {
                let reason = Reason::Protocol("an event's name is not text".into());
                self.end(conversation, reason, out);
                None
            }
        }
    }

    /// Handles an event of the client at once, or returns the callback that is to run for it.
    fn begin(
        &mut self,
        conversation: &Arc<Conversation>,
        message: ClientMessage,
        bytes: usize,
        out: &mut Outbox,
    ) -> Option<Task> {
        let ClientMessage {
            reference,
            event: name,
            payload,
            ..
        } = message;
        let slot = self.current(conversation)?;
        match slot.begin_event(Event { name, payload }, reference) {
            Begun::Done(None) => None,
            Begun::Done(Some(reason)) => {
                self.end(conversation, reason, out);
                None
            }
            Begun::Crashed(panic) => {
                self.crashed(conversation, &panic.to_string(), out);
                None
            }
            Begun::Waits(callback) => Some(Task {
                conversation: conversation.clone(),
                callback,
                bytes,
            }),
        }
    }

    /// Answers a message for a topic that is not joined.
    fn unjoined(&self, message: &ClientMessage, out: &mut Outbox) {
        if message.event.as_str() == Some("phx_leave") {
            self.reply(out, &message.join_ref, message, &Reply::ok(Payload::EMPTY));
        } else {
            self.reply(out, &Ref::NULL, message, &Reply::because("unmatched topic"));
        }
    }

    fn table(&mut self, out: &Outbox) -> &mut Table {
        self.table.get_or_insert_with(|| {
            Table::new(Client::new(
                out.link().clone(),
                self.speaks,
                S::SERIALIZERS,
                S::MAX_WAITING_SIZE,
            ))
        })
    }

    /// Gives a message of another task to a channel. It waits if the channel is busy.
    fn hand_over(&mut self, call: Call) -> Option<Task> {
        let conversation = call.conversation()?.clone();
        let slot = self.current(&conversation)?;
        if slot.is_busy() {
            slot.wait(Waiting::Call(call));
            return None;
        }
        let callback = slot.begin(call)?;
        Some(Task {
            conversation,
            callback,
            bytes: 0,
        })
    }

    /// Runs a callback, and those that waited for it, until one returns `Pending`: that one moves
    /// to a task of its own.
    async fn run(&mut self, mut task: Option<Task>, out: &mut Outbox) {
        while let Some(Task {
            conversation,
            mut callback,
            bytes,
        }) = task
        {
            let polled = poll_fn(|cx| {
                watchdog::topic(conversation.topic());
                Poll::Ready(callback.as_mut().poll(cx))
            });
            match polled.await {
                Poll::Ready(outcome) => self.resolve(&conversation, outcome, out),
                Poll::Pending => {
                    return send_away(conversation, callback, bytes, self.mailbox.clone());
                }
            }
            task = self.next(&conversation, out);
        }
    }

    /// The next callback that waits for a channel. It goes on waiting while the client does not
    /// read.
    fn next(&mut self, conversation: &Arc<Conversation>, out: &mut Outbox) -> Option<Task> {
        loop {
            let slot = self.current(conversation).filter(|slot| !slot.is_away())?;
            if slot.is_busy() && out.link().is_over_high_water() {
                let _ = self
                    .mailbox
                    .send_beyond(Signal::resumed(conversation.clone()));
                return None;
            }
            let task = match slot.next()? {
                Waiting::Call(call) => {
                    let callback = slot.begin(call);
                    callback.map(|callback| Task {
                        conversation: conversation.clone(),
                        callback,
                        bytes: 0,
                    })
                }
                Waiting::Message(message, held) => {
                    self.handle(conversation, message, held.bytes(), out)
                }
            };
            if task.is_some() {
                return task;
            }
        }
    }

    /// The slot of this conversation.
    fn current(&mut self, conversation: &Arc<Conversation>) -> Option<&mut Slot> {
        self.table.as_mut()?.current(conversation)
    }

    fn leave_all(&mut self, reason: &Reason) {
        for slot in self.table.iter_mut().flat_map(|table| table.clear()) {
            if slot.is_joined() {
                log::ended(&slot.conversation, channel_of::<S>, reason);
            }
            slot.close(reason.clone());
        }
    }
}

/// Channels are told of the end of a connection that was cut off, too.
impl<S: ChannelSocket> Drop for Multiplexer<S> {
    fn drop(&mut self) {
        self.leave_all(&Reason::Closed {
            code: 1006,
            text: String::new(),
        });
    }
}

impl<S: ChannelSocket> fmt::Debug for Multiplexer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels = self.table.as_ref().map_or(0, |table| table.len());
        f.debug_struct("Multiplexer")
            .field("channels", &channels)
            .finish_non_exhaustive()
    }
}

fn send(
    speaks: &Versioned,
    message: &ServerMessage<'_>,
    out: &mut Outbox,
) -> Result<(), PushError> {
    let message = speaks
        .serializer
        .encode(message)
        .map_err(PushError::Unencodable)?;
    out.try_push(message)
}

/// Ends the connection of a client whose message cannot be read. A reply is not possible: its topic
/// and refs are unknown, or too long to be echoed.
fn not_understood(error: &Undecodable) -> Flow {
    let text = format!("undecodable message: {error}");
    Flow::Stop {
        code: INTERNAL_ERROR,
        text: text.clone().into(),
        reason: Reason::Protocol(text.into()),
    }
}
