//! Redis, or Valkey, as the broker.

// | file | what |
// | --- | --- |
// | `access` | who the node is to servers |
// | `certificates` | whom the node trusts, and what it shows |
// | `tls` | TLS of connections |
// | `link` | the connection, which comes back by itself |
// | `names` | what channels are called |
// | `arriving` | what the connection has read, until the node takes it |
// | `refusal` | which errors are for good |

mod access;
mod arriving;
mod certificates;
mod link;
mod names;
mod refusal;
#[cfg(feature = "rustls")]
mod tls;
#[cfg(not(feature = "rustls"))]
#[path = "tls_off.rs"]
mod tls;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tokio::task::JoinHandle;

use self::{access::Access, link::Link, refusal::connect_error};
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
    access: Access,
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
            access: Access::default(),
            link: OnceLock::new(),
        }
    }

    /// The user of the server's access control list, in place of that of the URL.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.access.username = Some(username.into());
        self
    }

    /// The password, in place of that of the URL.
    #[must_use]
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.access.password = Some(password.into());
        self
    }

    /// A file of certificates in PEM format, of authorities that sign the certificates of
    /// `rediss://` servers. Those of the system are not trusted then. It may be given several
    /// times; each file is read when the node starts.
    ///
    /// ```
    /// use landfall::pubsub::adapter::Redis;
    ///
    /// let redis = Redis::new("rediss://redis.internal:6379").ca("ca.pem").certificate("node.pem", "node.key");
    /// # let _ = redis;
    /// ```
    #[must_use]
    pub fn ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.access.certificates.authorities.push(path.into());
        self
    }

    /// The node's own certificate, with its intermediate certificates, and its key: files in PEM
    /// format, for servers that ask for one. They are read when the node starts.
    #[must_use]
    pub fn certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.access.certificates.own = Some((certificate.into(), key.into()));
        self
    }

    fn link(&self) -> Option<&Arc<Link>> {
        self.link.get().map(|connected| &connected.link)
    }
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
            let server = self.access.server("url", &self.url)?;
            let (link, reading) = Link::new(server, node, arrivals);
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
