//! What is connected: one server, that of sentinels, or a cluster.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use redis::{ErrorKind, PushInfo, PushKind, RedisError};

use super::{
    access::Server,
    arriving::Arriving,
    cluster::Cluster,
    connection::{self, Connection},
    sentinel::Sentinels,
    shard::Asking,
    slots::Address,
    trouble::Trouble,
};

/// Where the servers are.
pub(super) enum Place {
    One(Server),
    Cluster(Seeds),
    Sentinels(Arc<Sentinels>),
}

/// Servers of a cluster that are asked for the others.
pub(super) struct Seeds {
    given: Vec<Server>,
    /// The masters of the last session.
    learnt: Mutex<Vec<Server>>,
}

/// The connections of a node, until one of them is lost.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) trouble: Arc<Trouble>,
    servers: Servers,
}

#[derive(Clone)]
enum Servers {
    One(Connection),
    Cluster(Arc<Cluster>),
    Master(Connection, Arc<Sentinels>, Address),
}

impl Place {
    /// Connects to all servers, and subscribes these channels.
    pub(super) async fn open(
        &self,
        own: &[String],
        arriving: &Arriving,
    ) -> Result<Session, RedisError> {
        let trouble = Arc::<Trouble>::default();
        let servers = match self {
            Place::One(server) => {
                let take = ears(arriving, trouble.clone());
                Servers::One(connection::open(server, take).await?)
            }
            Place::Sentinels(sentinels) => {
                let take = ears(arriving, trouble.clone());
                let (address, connection) = sentinels.open(take).await?;
                Servers::Master(connection, sentinels.clone(), address)
            }
            Place::Cluster(seeds) => {
                let cluster = Cluster::open(&seeds.all(), arriving, trouble.clone()).await?;
                *seeds.learnt() = cluster.masters();
                Servers::Cluster(cluster.into())
            }
        };
        let session = Session { trouble, servers };
        session.subscribe(own).await?;
        Ok(session)
    }
}

impl Seeds {
    pub(super) fn new(given: Vec<Server>) -> Self {
        let learnt = Mutex::default();
        Seeds { given, learnt }
    }

    fn all(&self) -> Vec<Server> {
        let learnt = self.learnt();
        self.given.iter().chain(&*learnt).cloned().collect()
    }

    fn learnt(&self) -> MutexGuard<'_, Vec<Server>> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who hears what a single connection says unasked.
fn ears(arriving: &Arriving, trouble: Arc<Trouble>) -> impl Fn(PushInfo) + Send + Sync + use<> {
    let arriving = arriving.clone();
    move |push: PushInfo| match push.kind {
        PushKind::Disconnection => trouble.lose("the connection has ended"),
        _ => arriving.take(push),
    }
}

impl Session {
    /// Publishes messages, those of one channel in order.
    pub(super) async fn publish(&self, messages: &[(String, &Bytes)]) -> Result<(), RedisError> {
        match &self.servers {
            Servers::One(connection) | Servers::Master(connection, ..) => {
                let mut commands = redis::Pipeline::with_capacity(messages.len());
                for (channel, message) in messages {
                    let message = &message[..];
                    commands.cmd("PUBLISH").arg(channel).arg(message).ignore();
                }
                commands.exec_async(&mut connection.clone()).await
            }
            Servers::Cluster(cluster) => cluster.publish(messages).await,
        }
    }

    /// Subscribes channels. What is returned is dropped once the node knows of it.
    pub(super) async fn subscribe(&self, channels: &[String]) -> Result<Vec<Asking>, RedisError> {
        match &self.servers {
            Servers::One(connection) | Servers::Master(connection, ..) => {
                let () = connection.ask("SUBSCRIBE", channels).await?;
                Ok(Vec::new())
            }
            Servers::Cluster(cluster) => cluster.subscribe(channels).await,
        }
    }

    pub(super) async fn unsubscribe(&self, channels: &[String]) -> Result<(), RedisError> {
        match &self.servers {
            Servers::One(connection) | Servers::Master(connection, ..) => {
                connection.ask("UNSUBSCRIBE", channels).await
            }
            Servers::Cluster(cluster) => cluster.unsubscribe(channels).await,
        }
    }

    /// How often to look after the servers.
    pub(super) fn pause(&self) -> Duration {
        match &self.servers {
            Servers::One(_) | Servers::Cluster(_) => Duration::from_millis(1500),
            Servers::Master(..) => Duration::from_secs(5),
        }
    }

    /// Looks whether the servers are there that are seldom asked anything, and whether the master
    /// is still that.
    pub(super) async fn check(&self) -> Result<(), RedisError> {
        match &self.servers {
            Servers::One(_) => Ok(()),
            Servers::Cluster(cluster) => cluster.check().await,
            Servers::Master(_, sentinels, address) => sentinels.check(address).await,
        }
    }

    /// A command has failed: the session is lost, or else this is false, and the server does not
    /// like the command.
    pub(super) fn is_lost_by(&self, error: &RedisError) -> bool {
        let is_lost = error.is_unrecoverable_error()
            || error.is_timeout()
            || error.is_io_error()
            || error.is_cluster_error()
            // What a cluster has answered makes no sense.
            || error.kind() == ErrorKind::Client;
        if is_lost {
            self.trouble.lose(&error.to_string());
        }
        is_lost
    }
}
