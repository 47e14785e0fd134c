//! Subscribes, and tells the node what arrives.

use std::{
    collections::{HashMap, VecDeque},
    future::pending,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_nats::{Client, Message, Subscriber};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{AbortHandle, Abortable, SelectAll},
};
use tokio::{
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    backlog::{Backlog, Told},
    sent::Sent,
    signals::{Said, Signals},
    subject::Subjects,
};
use crate::pubsub::adapter::{Arrivals, Channel, ConnectError, NodeOptions};

/// How often the server is asked what it has taken of what the node has published.
const ASKING: Duration = Duration::from_millis(250);

/// What the node asks for.
#[derive(Debug)]
pub(super) enum Command {
    Subscribe(Vec<Arc<str>>),
    Unsubscribe(Vec<Arc<str>>),
}

/// What is sent next.
enum Step {
    Subscribe(Arc<str>),
    /// Asks the server for an echo: when it comes, all that was sent before has been taken.
    Ask(Asked),
}

/// What has been taken when the echo comes.
enum Asked {
    Connected,
    Topics(Vec<Arc<str>>),
    /// The same once more: what the server forbids reaches the reader by another way than echoes
    /// do, and a round later it has come.
    Allowed(Vec<Arc<str>>),
    Sent,
}

/// Subscribes, and tells the node what arrives.
pub(super) struct Reader {
    client: Client,
    subjects: Subjects,
    arrivals: Arrivals,
    backlog: Backlog,
    signals: Arc<Signals>,
    sent: Arc<Sent>,
    asking: Interval,
    echo: String,
    incoming: SelectAll<Abortable<Subscriber>>,
    topics: HashMap<Arc<str>, AbortHandle>,
    /// Topics of `topics`, by their subjects, until it is known whether the server allows them.
    judged: HashMap<String, Arc<str>>,
    steps: VecDeque<Step>,
    /// Echoes that are on their way, by their number.
    asked: VecDeque<(u64, Asked)>,
    next: u64,
    /// How many connections the client has had.
    connections: u64,
    connected: bool,
}

impl Reader {
    /// Subscribes what each node has, and waits until the server has confirmed it.
    pub(super) async fn start(
        client: Client,
        subjects: Subjects,
        node: &NodeOptions,
        arrivals: Arrivals,
        (signals, sent): (Arc<Signals>, Arc<Sent>),
    ) -> Result<Self, ConnectError> {
        let echo = subjects.echo(&node.node);
        let own = Channel::Node(node.node.clone());
        let failed = |_| ConnectError::Unreachable("the connection was lost".to_owned());
        let connections = connections(&client);
        let mut incoming = SelectAll::new();
        for subject in [subjects.of(&Channel::All), subjects.of(&own), echo.clone()] {
            let subscriber = client.subscribe(subject).await.map_err(failed)?;
            incoming.push(Abortable::new(subscriber, AbortHandle::new_pair().1));
        }
        let mut asking = interval(ASKING);
        asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut reader = Reader {
            client,
            subjects,
            backlog: Backlog::new(node, arrivals.clone()),
            arrivals,
            signals,
            sent,
            asking,
            echo,
            incoming,
            topics: HashMap::new(),
            judged: HashMap::new(),
            steps: VecDeque::new(),
            asked: VecDeque::new(),
            next: 1,
            connections,
            connected: true,
        };
        reader.send(Bytes::from_static(b"0")).await;
        loop {
            match reader.incoming.next().await {
                Some(message) if *message.subject == *reader.echo => break,
                Some(message) => reader.backlog.push(Told::Message(message.payload)),
                None => return Err(ConnectError::Unreachable("it has closed".to_owned())),
            }
        }
        reader.arrivals.carries(reader.client.max_payload());
        Ok(reader)
    }

    /// Serves the node until it stops.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let stopped = self.arrivals.clone();
        tokio::select! {
            biased;
            () = stopped.closed() => {}
            () = async { while self.turn(&mut commands).await.is_some() {} } => {}
        }
    }

    /// `None` once the client or the node has gone.
    async fn turn(&mut self, commands: &mut mpsc::Receiver<Command>) -> Option<()> {
        let idle = self.steps.is_empty();
        let has_room = self.backlog.has_room();
        tokio::select! {
            biased;
            said = self.signals.said() => self.heard(said),
            () = self.backlog.hand() => {}
            message = self.incoming.next() => self.arrived(message?),
            subscriber = step(&self.client, &self.subjects, &self.echo, self.next, &self.steps) => {
                self.stepped(subscriber);
            }
            command = commands.recv(), if idle && has_room => self.commanded(command?),
            _ = self.asking.tick(), if idle => {
                if self.connected && self.sent.ask() {
                    self.steps.push_back(Step::Ask(Asked::Sent));
                }
            }
        }
        Some(())
    }

    fn heard(&mut self, said: Said) {
        if let Some(why) = said.refusal
            && self.backlog.has_room()
        {
            self.backlog.push(Told::Refused(why));
        }
        let forbidden = said.forbidden.iter();
        let forbidden: Vec<_> = forbidden
            .filter_map(|subject| self.judged.remove(subject))
            .collect();
        if !forbidden.is_empty() {
            self.drop_topics(&forbidden);
            self.backlog.push(Told::Forbidden(forbidden));
        }
        if said.lagging {
            self.backlog.lose();
        }
        // The client may not have said that a connection was lost before there was another.
        let connections = connections(&self.client);
        let is_new = connections != self.connections;
        if self.connected && (said.down || is_new) {
            self.disconnected();
        }
        if is_new {
            self.connections = connections;
            self.connected = true;
            self.arrivals.carries(self.client.max_payload());
            self.steps.push_back(Step::Ask(Asked::Connected));
        }
    }

    fn disconnected(&mut self) {
        self.connected = false;
        self.steps.clear();
        self.asked.clear();
        self.judged.clear();
        // The client would subscribe again what nobody wants any more.
        for (_, topic) in self.topics.drain() {
            topic.abort();
        }
        self.backlog.push(Told::Disconnected);
        let unsent = self.sent.lost();
        if unsent.as_ref().is_none_or(|topics| !topics.is_empty()) {
            self.backlog.push(Told::Unsent(unsent));
        }
    }

    fn arrived(&mut self, message: Message) {
        if *message.subject != *self.echo {
            return self.backlog.push(Told::Message(message.payload));
        }
        let number = str::from_utf8(&message.payload)
            .ok()
            .and_then(|number| number.parse().ok());
        // Echoes come in order; those of an earlier connection are not waited for.
        while let Some((asked, _)) = self.asked.front()
            && number.is_some_and(|number: u64| *asked <= number)
            && let Some((_, asked)) = self.asked.pop_front()
        {
            match asked {
                Asked::Connected => self.backlog.push(Told::Connected),
                Asked::Topics(topics) => {
                    self.steps.push_back(Step::Ask(Asked::Allowed(topics)));
                }
                Asked::Allowed(topics) => self.allowed(topics),
                Asked::Sent => self.sent.answered(),
            }
        }
    }

    /// Topics that the server has taken. Those that it forbids have been told of.
    fn allowed(&mut self, mut topics: Vec<Arc<str>>) {
        topics.retain(|topic| self.judged.remove(&self.subjects.topic(topic)).is_some());
        if !topics.is_empty() {
            self.backlog.push(Told::Subscribed(topics));
        }
    }

    fn drop_topics(&mut self, topics: &[Arc<str>]) {
        for topic in topics {
            if let Some(handle) = self.topics.remove(topic) {
                handle.abort();
            }
        }
    }

    /// The first step has been taken.
    fn stepped(&mut self, subscriber: Option<Subscriber>) {
        match (self.steps.pop_front(), subscriber) {
            (Some(Step::Subscribe(topic)), Some(subscriber)) => {
                let (handle, registration) = AbortHandle::new_pair();
                self.incoming.push(Abortable::new(subscriber, registration));
                let subject = self.subjects.topic(&topic);
                self.judged.insert(subject, topic.clone());
                if let Some(before) = self.topics.insert(topic, handle) {
                    before.abort();
                }
            }
            (Some(Step::Ask(asked)), _) => {
                self.asked.push_back((self.next, asked));
                self.next += 1;
            }
            _ => {}
        }
    }

    fn commanded(&mut self, command: Command) {
        match command {
            // The node asks again when the server is back.
            Command::Subscribe(_) if !self.connected => {}
            Command::Subscribe(topics) => {
                self.steps
                    .extend(topics.iter().cloned().map(Step::Subscribe));
                self.steps.push_back(Step::Ask(Asked::Topics(topics)));
            }
            Command::Unsubscribe(topics) => self.drop_topics(&topics),
        }
    }

    async fn send(&self, number: Bytes) {
        // It fails only when the client has ended, and then its streams have, too.
        let _ = self.client.publish(self.echo.clone(), number).await;
    }
}

/// Takes the first step, or none if it is dropped before.
async fn step(
    client: &Client,
    subjects: &Subjects,
    echo: &str,
    number: u64,
    steps: &VecDeque<Step>,
) -> Option<Subscriber> {
    match steps.front() {
        None => pending().await,
        Some(Step::Subscribe(topic)) => client.subscribe(subjects.topic(topic)).await.ok(),
        Some(Step::Ask(_)) => {
            let number = number.to_string();
            let _ = client.publish(echo.to_owned(), number.into()).await;
            None
        }
    }
}

/// How many connections the client has had.
pub(super) fn connections(client: &Client) -> u64 {
    client.statistics().connects.load(Ordering::Acquire)
}
