//! Subscribes, and tells the node what arrives.

use std::{
    collections::{HashMap, VecDeque},
    future::pending,
    sync::Arc,
};

use async_nats::{Client, Event, Message, Subscriber};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{AbortHandle, Abortable, SelectAll},
};
use tokio::sync::mpsc;

use super::subject::Subjects;
use crate::pubsub::adapter::{Arrivals, Channel, ConnectError};

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
}

/// Subscribes, and tells the node what arrives.
pub(super) struct Reader {
    client: Client,
    subjects: Subjects,
    arrivals: Arrivals,
    echo: String,
    incoming: SelectAll<Abortable<Subscriber>>,
    topics: HashMap<Arc<str>, AbortHandle>,
    steps: VecDeque<Step>,
    /// Echoes that are on their way, by their number.
    asked: VecDeque<(u64, Asked)>,
    next: u64,
    connected: bool,
}

impl Reader {
    /// Subscribes what each node has, and waits until the server has confirmed it.
    pub(super) async fn start(
        client: Client,
        subjects: Subjects,
        node: &str,
        arrivals: Arrivals,
    ) -> Result<Self, ConnectError> {
        let echo = subjects.echo(node);
        let own = Channel::Node(node.into());
        let failed = |_| ConnectError::Unreachable("the connection was lost".to_owned());
        let mut incoming = SelectAll::new();
        for subject in [subjects.of(&Channel::All), subjects.of(&own), echo.clone()] {
            let subscriber = client.subscribe(subject).await.map_err(failed)?;
            incoming.push(Abortable::new(subscriber, AbortHandle::new_pair().1));
        }
        let mut reader = Reader {
            client,
            subjects,
            arrivals,
            echo,
            incoming,
            topics: HashMap::new(),
            steps: VecDeque::new(),
            asked: VecDeque::new(),
            next: 1,
            connected: true,
        };
        reader.send(Bytes::from_static(b"0")).await;
        loop {
            match reader.incoming.next().await {
                Some(message) if *message.subject == *reader.echo => return Ok(reader),
                Some(message) => reader.arrivals.message(message.payload).await,
                None => return Err(ConnectError::Unreachable("it has closed".to_owned())),
            }
        }
    }

    /// Serves the node until it stops.
    pub(super) async fn run(
        mut self,
        mut events: mpsc::Receiver<Event>,
        mut commands: mpsc::Receiver<Command>,
    ) {
        let stopped = self.arrivals.clone();
        tokio::select! {
            biased;
            () = stopped.closed() => {}
            () = async {
                while self.turn(&mut events, &mut commands).await.is_some() {}
            } => {}
        }
    }

    /// `None` once the client or the node has gone.
    async fn turn(
        &mut self,
        events: &mut mpsc::Receiver<Event>,
        commands: &mut mpsc::Receiver<Command>,
    ) -> Option<()> {
        tokio::select! {
            biased;
            event = events.recv() => self.heard(event?).await,
            message = self.incoming.next() => self.arrived(message?).await,
            subscriber = step(&self.client, &self.subjects, &self.echo, self.next, &self.steps) => {
                self.stepped(subscriber);
            }
            command = commands.recv(), if self.steps.is_empty() => self.commanded(command?),
        }
        Some(())
    }

    async fn heard(&mut self, event: Event) {
        match event {
            Event::Disconnected => {
                self.connected = false;
                self.steps.clear();
                self.asked.clear();
                // The client would subscribe again what nobody wants any more.
                for (_, topic) in self.topics.drain() {
                    topic.abort();
                }
                self.arrivals.disconnected("the connection was lost").await;
            }
            Event::Connected if !self.connected => {
                self.connected = true;
                self.steps.push_back(Step::Ask(Asked::Connected));
            }
            // Which topic it was is not said.
            Event::SlowConsumer(_) => self.arrivals.lost(None).await,
            Event::ServerError(error) => {
                tracing::warn!(adapter = "nats", "the server refuses something: {error}");
            }
            _ => {}
        }
    }

    async fn arrived(&mut self, message: Message) {
        if *message.subject != *self.echo {
            return self.arrivals.message(message.payload).await;
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
                Asked::Connected => self.arrivals.connected().await,
                Asked::Topics(topics) => self.arrivals.subscribed(&topics).await,
            }
        }
    }

    /// The first step has been taken.
    fn stepped(&mut self, subscriber: Option<Subscriber>) {
        match (self.steps.pop_front(), subscriber) {
            (Some(Step::Subscribe(topic)), Some(subscriber)) => {
                let (handle, registration) = AbortHandle::new_pair();
                self.incoming.push(Abortable::new(subscriber, registration));
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
            Command::Unsubscribe(topics) => {
                for topic in topics {
                    if let Some(handle) = self.topics.remove(&topic) {
                        handle.abort();
                    }
                }
            }
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
