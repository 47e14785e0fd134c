//! Redis, or Valkey, as the broker.

// | file | what |
// | --- | --- |
// | `access` | who the node is to servers |
// | `certificates` | whom the node trusts, and what it shows |
// | `tls` | TLS of connections |
// | `connection` | one connection to one server |
// | `slots` | the slots of a cluster, and which server has each |
// | `shard` | the connections to one master of a cluster |
// | `cluster` | those to all of them |
// | `trouble` | what happens to connections |
// | `sentinel` | who knows which server is the master |
// | `session` | what is connected: one server, that of sentinels, or a cluster |
// | `link` | the session, which comes back by itself |
// | `names` | what channels are called |
// | `arriving` | what the connection has read, until the node takes it |
// | `refusal` | which errors are for good |

mod access;
mod arriving;
mod certificates;
mod cluster;
mod connection;
mod link;
mod names;
mod refusal;
mod sentinel;
mod session;
mod shard;
mod slots;
#[cfg(feature = "rustls")]
mod tls;
#[cfg(not(feature = "rustls"))]
#[path = "tls_off.rs"]
mod tls;
mod trouble;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tokio::task::JoinHandle;

use self::{
    access::Access,
    link::Link,
    refusal::connect_error,
    sentinel::Sentinels,
    session::{Place, Seeds},
};
use super::{Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten, Wire};
use crate::config::Secret;

/// Redis 6 or later, or Valkey, as the broker: one server, that of [sentinels](Redis::sentinel), or
/// a cluster.
///
/// `pubsub(redis(url = env("REDIS_URL")))` of a declaration makes one. It has one connection, and
/// subscribes one channel for each topic that has subscribers on the node:
/// `landfall:NAME:topic:TOPIC`. Among Phoenix nodes ([`Wire::Phoenix`](super::Wire::Phoenix)) it
/// subscribes their one channel instead: the cluster's name is that of their PubSub, such as
/// `MyApp.PubSub`. While the server does not answer for 3 seconds, the connection counts as lost.
/// It comes back within 2 seconds of the server's return. To a [cluster](Redis::cluster) it has two
/// connections for each master.
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
    urls: Urls,
    access: Access,
    /// Who the node is to sentinels.
    of_sentinels: Access,
    link: OnceLock<Connected>,
}

/// Where the servers are.
enum Urls {
    One(Secret),
    Cluster(Vec<Secret>),
    /// The name of a master, and who knows it.
    Sentinels(String, Vec<Secret>),
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
        Redis::at(Urls::One(url.into()))
    }

    /// A cluster of Redis 7 or later, or of Valkey: the URLs of some of its servers, as in
    /// [`new`](Redis::new). They know the others, which are reached in the same way as the first
    /// one of these that answers.
    ///
    /// Each topic is at one master, that of its slot, by sharded pub/sub (`SSUBSCRIBE`). A slot that
    /// moves is followed: subscribers of its topics are told that they may have missed something,
    /// and so they are, of all topics, when a master is replaced by its replica. While any slot has
    /// no server, the node counts as cut off. Its user needs the commands of pub/sub, `CLUSTER SLOTS`
    /// and `CLUSTER INFO`.
    ///
    /// ```
    /// use landfall::pubsub::adapter::Redis;
    ///
    /// let redis = Redis::cluster(["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"]);
    /// # let _ = redis;
    /// ```
    pub fn cluster<U: Into<Secret>>(urls: impl IntoIterator<Item = U>) -> Self {
        Redis::at(Urls::Cluster(urls.into_iter().map(Into::into).collect()))
    }

    /// The server that sentinels know as this master: the sentinels' URLs. It is reached by the same
    /// scheme as they.
    ///
    /// The sentinel that answers first is asked at each connection, and every 5 seconds whether the
    /// master is another one by now. The user of the master needs the commands of pub/sub, and `ROLE`.
    ///
    /// ```
    /// use landfall::pubsub::adapter::Redis;
    ///
    /// let redis = Redis::sentinel("mymaster", ["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"]);
    /// # let _ = redis;
    /// ```
    pub fn sentinel<U: Into<Secret>>(
        master: impl Into<String>,
        urls: impl IntoIterator<Item = U>,
    ) -> Self {
        let urls = urls.into_iter().map(Into::into).collect();
        Redis::at(Urls::Sentinels(master.into(), urls))
    }

    fn at(urls: Urls) -> Self {
        Redis {
            urls,
            access: Access::default(),
            of_sentinels: Access::default(),
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

    /// The user of the sentinels' own access control lists, in place of those of their URLs.
    #[must_use]
    pub fn sentinel_username(mut self, username: impl Into<String>) -> Self {
        self.of_sentinels.username = Some(username.into());
        self
    }

    /// The password of the sentinels, in place of those of their URLs.
    #[must_use]
    pub fn sentinel_password(mut self, password: impl Into<Secret>) -> Self {
        self.of_sentinels.password = Some(password.into());
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

    fn place(&self, wire: Wire) -> Result<Place, ConnectError> {
        let refused = |why: &str| Err(ConnectError::Refused(why.to_owned()));
        match &self.urls {
            Urls::One(url) => Ok(Place::One(self.access.server("url", url)?)),
            Urls::Cluster(urls) if urls.is_empty() => {
                refused("`cluster` is empty; help: write `cluster = [\"redis://host:port\"]`")
            }
            Urls::Cluster(_) if wire != Wire::Landfall => refused(
                "the nodes of a Phoenix application know no clusters; help: write the `url` of one of its servers",
            ),
            Urls::Sentinels(master, urls) => self.sentinels(master, urls),
            Urls::Cluster(urls) => {
                let servers = urls.iter().map(|url| self.access.server("cluster", url));
                Ok(Place::Cluster(Seeds::new(
                    servers.collect::<Result<_, _>>()?,
                )))
            }
        }
    }

    fn sentinels(&self, master: &str, urls: &[Secret]) -> Result<Place, ConnectError> {
        let access = Access {
            certificates: self.access.certificates.clone(),
            ..self.of_sentinels.clone()
        };
        let nodes = urls.iter().map(|url| access.server("nodes", url));
        let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        let Some(first) = nodes.first() else {
            let why = "`sentinel` has no nodes; help: write `nodes = [\"redis://host:26379\"]`";
            return Err(ConnectError::Refused(why.to_owned()));
        };
        let server = self.access.at(first)?;
        let master = master.to_owned();
        let sentinels = Sentinels {
            master,
            nodes,
            server,
        };
        Ok(Place::Sentinels(sentinels.into()))
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
            let (link, reading) = Link::new(self.place(node.wire)?, node, arrivals);
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
