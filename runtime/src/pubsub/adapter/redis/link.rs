//! The connection to a Redis server, which comes back by itself.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{AsyncConnectionConfig, PushInfo, PushKind, RedisError, aio::MultiplexedConnection};
use tokio::{sync::Notify, time::sleep};

use super::{
    super::{Arrivals, Channel, NodeOptions, Outgoing, Unwritten},
    access::Server,
    arriving::Arriving,
    names::Names,
};
use crate::random::random;

/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// The pause before the first attempt to connect again, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1500));

/// The connection of a node.
pub(super) struct Link {
    server: Server,
    names: Names,
    /// The channels that are subscribed before any topic.
    own: Vec<String>,
    arrivals: Arrivals,
    arriving: Arriving,
    state: Mutex<State>,
    /// Notified when the connection is lost.
    down: Arc<Notify>,
}

#[derive(Default)]
struct State {
    /// How many connections there were.
    count: u64,
    connection: Option<MultiplexedConnection>,
    /// Why the last one was lost.
    why: String,
}

impl Link {
    /// A link that is not connected, and the task that hands on what arrives.
    pub(super) fn new(
        server: Server,
        node: &NodeOptions,
        arrivals: Arrivals,
    ) -> (Arc<Self>, impl Future<Output = ()> + Send + use<>) {
        let names = Names::of(node);
        let own = names.own(node);
        let (arriving, reading) = Arriving::new(node.queue, node.queue_bytes, arrivals.clone());
        let link = Link {
            server,
            names,
            own,
            arrivals,
            arriving,
            state: Mutex::default(),
            down: Arc::new(Notify::new()),
        };
        (Arc::new(link), reading)
    }

    /// Connects, and subscribes the node's own channels.
    pub(super) async fn open(self: &Arc<Self>) -> Result<(), RedisError> {
        let count = {
            let mut state = self.state();
            state.count += 1;
            state.count
        };
        let (link, arriving) = (Arc::downgrade(self), self.arriving.clone());
        let take = move |push: PushInfo| {
            match link.upgrade() {
                Some(link) if push.kind == PushKind::Disconnection => {
                    link.lose(count, "the connection has ended");
                }
                _ => arriving.take(push),
            }
            Ok::<(), ()>(())
        };
        let config = AsyncConnectionConfig::new()
            .set_push_sender(take)
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let client = self.server.client()?;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        connection.subscribe(&self.own[..]).await?;
        self.state().connection = Some(connection);
        Ok(())
    }

    /// Connects again whenever the connection is lost, until the node has stopped.
    pub(super) async fn keep(self: Arc<Self>) {
        let keeping = async {
            loop {
                self.down.notified().await;
                let why = self.state().why.clone();
                self.arrivals.disconnected(why).await;
                self.open_again().await;
                self.arrivals.connected().await;
            }
        };
        tokio::select! {
            () = self.arrivals.closed() => {}
            () = keeping => {}
        }
    }

    async fn open_again(self: &Arc<Self>) {
        let (mut pause, longest) = PAUSES;
        let mut told = false;
        loop {
            // Half of it by chance, so that nodes do not come all at once.
            let [chance] = random();
            sleep(pause / 2 + pause * u32::from(chance) / 510).await;
            pause = (pause * 2).min(longest);
            match self.open().await {
                Ok(()) => return,
                Err(error) if !told => {
                    tracing::warn!("redis does not take the connection: {error}");
                    told = true;
                }
                Err(_) => {}
            }
        }
    }

    pub(super) async fn publish(&self, batch: &[Outgoing]) -> Result<(), Unwritten> {
        let (count, mut connection) = self.current().ok_or(Unwritten)?;
        let mut commands = redis::Pipeline::with_capacity(batch.len());
        for Outgoing { channel, message } in batch {
            let name = self.names.name(channel);
            commands.cmd("PUBLISH").arg(name).arg(&message[..]).ignore();
        }
        let written = commands.exec_async(&mut connection).await;
        written.map_err(|error| {
            self.failed(count, &error, "PUBLISH");
            Unwritten
        })
    }

    pub(super) async fn subscribe(&self, topics: &[Arc<str>]) {
        let Some((count, mut connection)) = self.current() else {
            return;
        };
        if self.names.have_all_topics() {
            return self.arrivals.subscribed(topics).await;
        }
        match connection.subscribe(self.names(topics)).await {
            Ok(()) => self.arrivals.subscribed(topics).await,
            Err(error) => self.failed(count, &error, "SUBSCRIBE"),
        }
    }

    pub(super) async fn unsubscribe(&self, topics: &[Arc<str>]) {
        let Some((count, mut connection)) = self.current() else {
            return;
        };
        if self.names.have_all_topics() {
            return;
        }
        if let Err(error) = connection.unsubscribe(self.names(topics)).await {
            self.failed(count, &error, "UNSUBSCRIBE");
        }
    }

    /// Closes the connection.
    pub(super) fn leave(&self) {
        self.state().connection = None;
    }

    fn names(&self, topics: &[Arc<str>]) -> Vec<String> {
        let channels = topics.iter().cloned().map(Channel::Topic);
        channels.map(|channel| self.names.name(&channel)).collect()
    }

    fn current(&self) -> Option<(u64, MultiplexedConnection)> {
        let state = self.state();
        Some((state.count, state.connection.clone()?))
    }

    /// A command failed: the connection is lost, or the server does not like it.
    fn failed(&self, count: u64, error: &RedisError, command: &str) {
        if error.is_unrecoverable_error() || error.is_timeout() || error.is_io_error() {
            self.lose(count, &error.to_string());
        } else {
            tracing::error!(command, "redis refuses a command: {error}");
        }
    }

    /// A connection is lost, if it is still the current one.
    fn lose(&self, count: u64, why: &str) {
        let mut state = self.state();
        if state.count == count && state.connection.take().is_some() {
            state.why = why.to_owned();
            self.down.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
