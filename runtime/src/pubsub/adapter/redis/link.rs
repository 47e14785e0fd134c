//! The connections of a node, which come back by themselves.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::RedisError;
use tokio::time::sleep;

use super::{
    super::{Arrivals, Channel, NodeOptions, Outgoing, Unwritten},
    arriving::Arriving,
    names::Names,
    session::{Place, Session},
    trouble::Event,
};
use crate::random::random;

/// The pause before the first attempt to connect again, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1500));

/// The connections of a node.
pub(super) struct Link {
    place: Place,
    names: Names,
    /// The channels that are subscribed before any topic.
    own: Vec<String>,
    arrivals: Arrivals,
    arriving: Arriving,
    session: Mutex<Option<Session>>,
}

impl Link {
    /// A link that is not connected, and the task that hands on what arrives.
    pub(super) fn new(
        place: Place,
        node: &NodeOptions,
        arrivals: Arrivals,
    ) -> (Arc<Self>, impl Future<Output = ()> + Send + use<>) {
        let names = Names::of(node);
        let own = names.own(node);
        let (arriving, reading) = Arriving::new(node.queue, node.queue_bytes, arrivals.clone());
        let link = Link {
            place,
            names,
            own,
            arrivals,
            arriving,
            session: Mutex::default(),
        };
        (Arc::new(link), reading)
    }

    /// Connects, and subscribes the node's own channels.
    pub(super) async fn open(&self) -> Result<(), RedisError> {
        let session = self.place.open(&self.own, &self.arriving).await?;
        *self.session() = Some(session);
        Ok(())
    }

    /// Connects again whenever a connection is lost, until the node has stopped.
    pub(super) async fn keep(self: Arc<Self>) {
        tokio::select! {
            () = self.arrivals.closed() => {}
            () = self.keep_on() => {}
        }
    }

    async fn keep_on(&self) {
        loop {
            let Some(session) = self.session().clone() else {
                return;
            };
            let event = tokio::select! {
                event = session.trouble.next() => event,
                () = look_after(&session) => continue,
            };
            match event {
                Event::Ended(channels) => self.ended(&session, channels).await,
                Event::Lost(why) => {
                    drop(session);
                    self.leave();
                    self.arrivals.disconnected(why).await;
                    self.open_again().await;
                    self.arrivals.connected().await;
                }
            }
        }
    }

    async fn open_again(&self) {
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

    /// A server has ended subscriptions. The node asks again for its topics; what it needs besides
    /// is subscribed here.
    async fn ended(&self, session: &Session, channels: Vec<String>) {
        let (own, others): (Vec<_>, Vec<_>) = channels
            .into_iter()
            .partition(|channel| self.own.contains(channel));
        let topics: Vec<_> = others
            .iter()
            .filter_map(|channel| self.names.topic(channel))
            .collect();
        if !topics.is_empty() {
            self.arrivals.unsubscribed(&topics).await;
        }
        if own.is_empty() {
            return;
        }
        match session.subscribe(&own).await {
            Ok(_) => self.arrivals.lost(None).await,
            Err(error) => session.trouble.lose(&error.to_string()),
        }
    }

    pub(super) async fn publish(&self, batch: &[Outgoing]) -> Result<(), Unwritten> {
        let session = self.current().ok_or(Unwritten)?;
        let messages = batch
            .iter()
            .map(|Outgoing { channel, message }| (self.names.name(channel), message));
        let messages: Vec<_> = messages.collect();
        let published = session.publish(&messages).await;
        if let Err(error) = published {
            self.failed(&session, &error, "PUBLISH").await;
            return Err(Unwritten);
        }
        Ok(())
    }

    pub(super) async fn subscribe(&self, topics: &[Arc<str>]) {
        let Some(session) = self.current() else {
            return;
        };
        if self.names.have_all_topics() {
            return self.arrivals.subscribed(topics).await;
        }
        match session.subscribe(&self.names(topics)).await {
            Ok(_asking) => self.arrivals.subscribed(topics).await,
            Err(error) => self.failed(&session, &error, "SUBSCRIBE").await,
        }
    }

    pub(super) async fn unsubscribe(&self, topics: &[Arc<str>]) {
        let Some(session) = self.current() else {
            return;
        };
        if self.names.have_all_topics() {
            return;
        }
        if let Err(error) = session.unsubscribe(&self.names(topics)).await {
            self.failed(&session, &error, "UNSUBSCRIBE").await;
        }
    }

    async fn failed(&self, session: &Session, error: &RedisError, command: &str) {
        if !session.is_lost_by(error) {
            self.arrivals.refused(format!("{command}: {error}")).await;
        }
    }

    /// Closes the connections.
    pub(super) fn leave(&self) {
        *self.session() = None;
    }

    fn names(&self, topics: &[Arc<str>]) -> Vec<String> {
        let channels = topics.iter().cloned().map(Channel::Topic);
        channels.map(|channel| self.names.name(&channel)).collect()
    }

    /// The session, if it is not lost.
    fn current(&self) -> Option<Session> {
        let session = self.session().clone();
        session.filter(|session| !session.trouble.is_lost())
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes when the session is lost for a reason that only a question brings to light.
async fn look_after(session: &Session) {
    loop {
        sleep(session.pause()).await;
        if let Err(error) = session.check().await {
            return session.trouble.lose(&error.to_string());
        }
    }
}
