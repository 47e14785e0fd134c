//! Redis, or Valkey, as the broker.

// | file | what |
// | --- | --- |
// | `link` | the connection, which comes back by itself |
// | `names` | what channels are called |
// | `arriving` | what the connection has read, until the node takes it |
// | `refusal` | which errors are for good |

mod arriving;
mod link;
mod names;
mod refusal;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use redis::{Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};
use tokio::task::JoinHandle;

use self::{link::Link, refusal::connect_error};
use super::{Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten};
use crate::config::Secret;

/// Redis 6 or later, or Valkey, as the broker: one server.
///
/// `pubsub(redis(url = env("REDIS_URL")))` of a declaration makes one. It has one connection, and
/// subscribes one channel for each topic that has subscribers on the node:
/// `landfall:NAME:topic:TOPIC`. Among Phoenix nodes ([`Wire::Phoenix`](super::Wire::Phoenix)) it
/// subscribes their one channel instead: the cluster's name is that of their PubSub, such as
/// `MyApp.PubSub`. While the server does not answer for 3 seconds, the connection counts as lost.
/// It comes back within 2 seconds of the server's return.
///
/// ```no_run
/// # async fn start() -> Result<(), landfall::pubsub::adapter::ConnectError> {
/// use landfall::pubsub::{PubSub, adapter::{NodeOptions, Redis}};
///
/// let redis = Redis::new("redis://localhost:6379").username("chat").password("from a file");
/// let pubsub = PubSub::connect(redis, NodeOptions::new("chat")).await?;
/// # drop(pubsub); Ok(()) }
/// ```
pub struct Redis {
    url: Secret,
    username: Option<String>,
    password: Option<Secret>,
    link: OnceLock<Connected>,
}

/// The connection, and the tasks that keep it.
struct Connected {
    link: Arc<Link>,
    tasks: [JoinHandle<()>; 2],
}

impl Redis {
    /// The server at a URL: `redis://host:port`, `unix:/path`, and with landfall's feature `tls`
    /// also `rediss://host:port`. It is not shown anywhere, since it may hold a password.
    pub fn new(url: impl Into<Secret>) -> Self {
        Redis {
            url: url.into(),
            username: None,
            password: None,
            link: OnceLock::new(),
        }
    }

    /// The user of the server's access control list, in place of that of the URL.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// The password, in place of that of the URL.
    #[must_use]
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = Some(password.into());
        self
    }

    fn client(&self) -> Result<Client, ConnectError> {
        let info = self.info()?;
        Client::open(info).map_err(|error| connect_error(&error))
    }

    fn info(&self) -> Result<ConnectionInfo, ConnectError> {
        let refused = |what: &str| ConnectError::Refused(what.to_owned());
        let url = text(&self.url).ok_or_else(|| refused("`url` is not UTF-8"))?;
        let info = url.into_connection_info().map_err(|_| {
            refused("`url` is not one of Redis; help: write `redis://host:port`, `rediss://host:port` or `unix:/path`")
        })?;
        let mut settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        if let Some(username) = &self.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = &self.password {
            let password = text(password).ok_or_else(|| refused("`password` is not UTF-8"))?;
            settings = settings.set_password(password);
        }
        Ok(info.set_redis_settings(settings))
    }

    fn link(&self) -> Option<&Arc<Link>> {
        self.link.get().map(|connected| &connected.link)
    }
}

fn text(secret: &Secret) -> Option<&str> {
    std::str::from_utf8(secret.expose()).ok()
}

impl Adapter for Redis {
    fn name(&self) -> &str {
        "redis"
    }

    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        Box::pin(async move {
            if self.link.get().is_some() {
                let why = "this adapter is connected; help: make one for each node";
                return Err(ConnectError::Refused(why.to_owned()));
            }
            let (link, reading) = Link::new(self.client()?, node, arrivals);
            link.open().await.map_err(|error| connect_error(&error))?;
            let tasks = [tokio::spawn(reading), tokio::spawn(link.clone().keep())];
            let _ = self.link.set(Connected { link, tasks });
            Ok(())
        })
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        Box::pin(async move { self.link().ok_or(Unwritten)?.publish(batch).await })
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            if let Some(link) = self.link() {
                link.subscribe(topics).await;
            }
        })
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            if let Some(link) = self.link() {
                link.unsubscribe(topics).await;
            }
        })
    }

    fn close(&self) -> Async<'_, ()> {
        Box::pin(async move {
            if let Some(Connected { link, tasks }) = self.link.get() {
                tasks.iter().for_each(JoinHandle::abort);
                link.leave();
            }
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(Connected { tasks, .. }) = self.link.get() {
            tasks.iter().for_each(JoinHandle::abort);
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("connected", &self.link.get().is_some())
            .finish_non_exhaustive()
    }
}
