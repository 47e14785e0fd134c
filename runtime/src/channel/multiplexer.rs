//! Many channels over one connection.

mod settle;

use std::{borrow::Cow, collections::HashMap, fmt, future::poll_fn, sync::Arc, task::Poll, time::Duration};

use tokio::time::sleep;

use super::{
    ChannelSocket, ClientMessage, Event, Ref, Reply, SendError, ServerMessage, Signal, Versioned,
    entry::{Entry, Full, Waiting},
    member::Member,
    negotiate,
    signal::Kind,
    work::{Job, Outcome, Work},
};
use crate::{
    contain,
    message::Message,
    pubsub::Payload,
    socket::{
        Children, Connect, Flow, Mailbox, Needs, Outbox, Param, Reason, Refused, Socket, SocketOptions,
    },
    watchdog,
};

/// The topic and the event by which clients show that they are there.
const HEARTBEAT: (Option<&str>, Option<&str>) = (Some("phoenix"), Some("heartbeat"));
/// How long a callback may go on after its client has left.
const GRACE: Duration = Duration::from_secs(5);
/// Away: the client is to come back, and a browser's does so after any code but 1000.
const GOING_AWAY: u16 = 1001;
/// What Phoenix ends a connection with whose client it does not understand.
const INTERNAL_ERROR: u16 = 1011;

/// The socket that holds a client's channels: what is mounted for a [`ChannelSocket`].
pub struct Multiplexer<S: ChannelSocket> {
    socket: Arc<S>,
    speaks: &'static Versioned,
    mailbox: Mailbox<Signal>,
    channels: HashMap<Box<str>, Entry>,
}

/// A callback to run, and whose.
type Task = (Arc<Member>, Work);

impl<S: ChannelSocket> Socket for Multiplexer<S> {
    type Info = Signal;

    const OPTIONS: SocketOptions = S::OPTIONS;
    const NEEDS: Needs = S::NEEDS;

    fn children(children: &mut Children) {
        S::children(children);
    }

    async fn connect(connect: Connect<Signal>) -> Result<Self, Refused> {
        let vsn = match connect.params().get("vsn") {
            None => None,
            Some(Param::Text(vsn)) => Some(vsn.as_str()),
            // A list or a map is no version.
            Some(_) => Some(""),
        };
        let speaks = negotiate(S::SERIALIZERS, vsn).map_err(|error| {
            tracing::warn!("{error}");
            Refused::new()
        })?;
        let mailbox = connect.mailbox().clone();
        let socket = Arc::new(S::connect(connect).await?);
        Ok(Multiplexer { socket, speaks, mailbox, channels: HashMap::new() })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        if let Some(id) = self.socket.id() {
            self.mailbox.subscribe(out.handle().pubsub(), &id);
        }
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match self.speaks.serializer.decode(message) {
            Ok(message) => {
                let task = self.dispatch(message, out);
                self.run(task, out).await;
                Flow::Continue
            }
            Err(error) => {
                let reason = Reason::Protocol(format!("undecodable message: {error}").into());
                Flow::Stop { code: INTERNAL_ERROR, text: Cow::Borrowed(""), reason }
            }
        }
    }

    async fn handle_info(&mut self, signal: Signal, out: &mut Outbox) -> Flow {
        let task = match signal.0 {
            Kind::ToSocket(broadcast) if broadcast.event() == "disconnect" => {
                let text = Cow::Borrowed("");
                return Flow::Stop { code: GOING_AWAY, text, reason: Reason::Disconnected };
            }
            Kind::ToSocket(_) => None,
            Kind::Info(member, info) => self.hand_over(member, Waiting::Job(Job::Info(info)), out),
            Kind::Intercepted(member, broadcast) => {
                self.hand_over(member, Waiting::Job(Job::Out(broadcast)), out)
            }
            Kind::Returned(member) => {
                if let Some(outcome) = member.take_returned() {
                    self.settle(&member, *outcome, out);
                }
                self.next(&member, out)
            }
        };
        self.run(task, out).await;
        Flow::Continue
    }

    fn terminate(mut self, reason: Reason) {
        self.leave_all(&reason);
    }
}

impl<S: ChannelSocket> Multiplexer<S> {
    /// Does what a message asks for, but for the callback that it asks for, which is returned.
    fn dispatch(&mut self, message: ClientMessage, out: &mut Outbox) -> Option<Task> {
        let (topic, event) = (message.topic.as_str(), message.event.as_str());
        if (topic, event) == HEARTBEAT {
            self.reply(out, &Ref::NULL, &message, &Reply::ok(Payload::EMPTY));
            return None;
        }
        if event == Some("phx_join") {
            return self.join(message, out);
        }
        let Some(entry) = topic.and_then(|topic| self.channels.get_mut(topic)) else {
            self.unjoined(&message, out);
            return None;
        };
        if entry.is_stale(&message.join_ref) {
            return None;
        }
        if entry.is_away() {
            if event == Some("phx_leave") {
                entry.member.hurry();
            }
            let member = entry.member.clone();
            return self.wait_for(&member, Waiting::Message(message), out);
        }
        if event == Some("phx_leave") {
            let member = entry.member.clone();
            self.reply(out, member.join_ref(), &message, &Reply::ok(Payload::EMPTY));
            self.end(&member, Reason::Left, out);
            return None;
        }
        let ClientMessage { reference, event: name, payload, .. } = message;
        if name.as_str().is_none() {
            let member = entry.member.clone();
            self.end(&member, Reason::Protocol("an event's name is no text".into()), out);
            return None;
        }
        entry.begin(Job::In(Event { name, payload }, reference))
    }

    /// Answers a message for a topic that is not joined.
    fn unjoined(&self, message: &ClientMessage, out: &mut Outbox) {
        if message.event.as_str() == Some("phx_leave") {
            self.reply(out, &message.join_ref, message, &Reply::ok(Payload::EMPTY));
        } else {
            self.reply(out, &Ref::NULL, message, &Reply::because("unmatched topic"));
        }
    }

    fn join(&mut self, message: ClientMessage, out: &mut Outbox) -> Option<Task> {
        let topic = message.topic.as_str();
        let route = topic.and_then(|topic| {
            S::CHANNELS.iter().find(|route| route.matches(topic)).map(|route| (topic, route))
        });
        let Some((topic, route)) = route else {
            tracing::warn!(topic = %message.topic, "a client tried to join a topic that no channel serves");
            self.reply(out, &Ref::NULL, &message, &Reply::because("unmatched topic"));
            return None;
        };
        if self.channels.len() >= S::MAX_CHANNELS && !self.channels.contains_key(topic) {
            tracing::error!(topic, most = S::MAX_CHANNELS, "a client tried to join too many channels");
            self.reply(out, &message.join_ref, &message, &Reply::because("too many channels joined"));
            return None;
        }
        let replaced = self.replace(topic, out);
        let join_ref = if message.join_ref.is_null() { &message.reference } else { &message.join_ref };
        let serializer = self.speaks.serializer;
        let link = out.link().clone();
        let member = Member::new(topic, join_ref.clone(), serializer, link, self.mailbox.clone());
        let work = route.join(member.clone(), message.payload, self.socket.clone());
        let entry =
            Entry::joining(member.clone(), message.join_ref, message.reference, route.intercept(), replaced);
        self.channels.insert(topic.into(), entry);
        tracing::debug!(topic, channel = route.channel(), "a client joins");
        Some((member, work))
    }

    /// Ends an earlier join of a topic. Returns what the client named it: it is told `phx_close` after the reply to the
    /// new one.
    fn replace(&mut self, topic: &str, out: &mut Outbox) -> Option<Ref> {
        let old = self.channels.remove(topic)?;
        tracing::debug!(topic, "a client joined a topic twice: the first join ends");
        let join_ref = if old.is_joined() {
            Some(old.join_ref.clone())
        } else {
            self.answer_overtaken(&old, out);
            old.replaced.clone()
        };
        let waiting = old.close(Reason::Rejoined);
        self.answer_waiting(waiting, out);
        join_ref
    }

    /// Gives something to a channel, now or when it has time.
    fn hand_over(&mut self, member: Arc<Member>, what: Waiting, out: &mut Outbox) -> Option<Task> {
        let entry = self.current(&member)?;
        if entry.is_away() {
            return self.wait_for(&member, what, out);
        }
        match what {
            Waiting::Job(job) => entry.begin(job),
            Waiting::Message(message) => self.dispatch(message, out),
        }
    }

    /// Lets something wait until the channel's callback is done. Too much of it ends the channel.
    fn wait_for(&mut self, member: &Arc<Member>, what: Waiting, out: &mut Outbox) -> Option<Task> {
        if let Err(Full(what)) = self.current(member)?.wait(what) {
            tracing::warn!(topic = member.topic(), "a channel ends: too much waits for its callback");
            self.abort(member, Reason::Overflow, out);
            self.answer_waiting([what], out);
        }
        None
    }

    /// Runs a callback, and those that waited for it, until one has to wait itself: that one goes to a task of its own.
    async fn run(&mut self, mut task: Option<Task>, out: &mut Outbox) {
        while let Some((member, mut work)) = task {
            let polled = poll_fn(|cx| {
                watchdog::topic(member.topic());
                Poll::Ready(work.as_mut().poll(cx))
            });
            match polled.await {
                Poll::Ready(outcome) => self.settle(&member, outcome, out),
                Poll::Pending => return send_away(member, work),
            }
            task = self.next(&member, out);
        }
    }

    /// The next callback that waits for a channel.
    fn next(&mut self, member: &Arc<Member>, out: &mut Outbox) -> Option<Task> {
        loop {
            let entry = self.current(member).filter(|entry| !entry.is_away())?;
            let next = entry.next()?;
            let task = self.hand_over(member.clone(), next, out);
            if task.is_some() {
                return task;
            }
        }
    }

    /// The entry of this very join.
    fn current(&mut self, member: &Arc<Member>) -> Option<&mut Entry> {
        self.channels.get_mut(member.topic()).filter(|entry| Arc::ptr_eq(&entry.member, member))
    }

    fn leave_all(&mut self, reason: &Reason) {
        for (_, entry) in std::mem::take(&mut self.channels) {
            entry.close(reason.clone());
        }
    }
}

/// A connection that was cut off tells its channels too.
impl<S: ChannelSocket> Drop for Multiplexer<S> {
    fn drop(&mut self) {
        self.leave_all(&Reason::Closed { code: 1006, text: String::new() });
    }
}

impl<S: ChannelSocket> fmt::Debug for Multiplexer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multiplexer").field("channels", &self.channels.len()).finish_non_exhaustive()
    }
}

fn send(speaks: &Versioned, message: &ServerMessage<'_>, out: &mut Outbox) -> Result<(), SendError> {
    let message = speaks.serializer.encode(message).map_err(SendError::Unencodable)?;
    out.try_push(message).map_err(SendError::Unsupported)
}

/// Lets a callback go on in a task of its own; its outcome comes back by the mailbox.
fn send_away(member: Arc<Member>, mut work: Work) {
    let tasks = member.handle().0.connections.clone();
    tasks.spawn(async move {
        let too_late = async {
            member.leaving().await;
            sleep(GRACE).await;
        };
        let working = poll_fn(|cx| {
            member.watched().turn(|| {
                watchdog::topic(member.topic());
                work.as_mut().poll(cx)
            })
        });
        let outcome = tokio::select! {
            outcome = working => outcome,
            () = too_late => give_up(work, member.topic()),
        };
        member.watched().turn(|| member.give_back(outcome));
    });
}

fn give_up(work: Work, topic: &str) -> Outcome {
    tracing::warn!(topic, "a callback was given up: its client has left");
    if let Err(panic) = contain::call(|| drop(work)) {
        tracing::error!(topic, "what a callback held panicked when it was dropped: {panic}");
    }
    Outcome::GivenUp
}
