//! NATS as the broker of a cluster.

// | file | what |
// | --- | --- |
// | `login` | how a node connects, and what is wrong if it does not |
// | `tls` | how the connection is encrypted |
// | `subject` | names of subjects |
// | `reader` | subscribes, and tells the node what arrives |

mod login;
mod reader;
mod subject;
mod tls;

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::mpsc;

use self::{
    login::Login,
    reader::{Command, Reader},
    subject::Subjects,
};
use super::{Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten};
use crate::config::Secret;

/// The maximum number of events and commands that wait.
const QUEUE: usize = 64;
/// How many messages of one topic may wait to be read. More are lost, which is told.
const WAITING: usize = 4096;

/// NATS as the broker of a cluster: a subject for each topic, for each node, and for all of them.
///
/// `pubsub(nats(url = env("NATS_URL")))` of a declaration makes one.
///
/// ```no_run
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// use landfall::pubsub::{PubSub, adapter::{Nats, NodeOptions}};
///
/// let nats = Nats::new("nats://10.0.0.1:4222").server("nats://10.0.0.2:4222").token("from a file");
/// let pubsub = PubSub::connect(nats, NodeOptions::new("chat")).await?;
/// # drop(pubsub); Ok(()) }
/// ```
///
/// Topics are escaped where NATS forbids their characters; of a topic that has more than 512 bytes
/// then, the subject has the SHA-256. NATS carries messages of up to its `max_payload`, 1 MiB
/// unless it is configured otherwise: a larger broadcast reaches this node only, and the
/// subscribers of its topic on other nodes are told that they missed something.
pub struct Nats {
    login: Login,
    connected: OnceLock<Connected>,
}

struct Connected {
    client: Client,
    subjects: Subjects,
    commands: mpsc::Sender<Command>,
    losses: Arc<AtomicU64>,
}

impl Nats {
    /// Connects to this server: `"nats://host:4222"`, or `"tls://host:4222"`. The URL may have a user
    /// and a password, or a token, and is not shown anywhere.
    pub fn new(url: impl Into<Secret>) -> Self {
        Nats {
            login: Login::new(url.into()),
            connected: OnceLock::new(),
        }
    }

    /// One more server of the same NATS cluster. Each is tried until one answers.
    #[must_use]
    pub fn server(mut self, url: impl Into<Secret>) -> Self {
        self.login.servers.push(url.into());
        self
    }

    /// A file with a user's JWT and seed, as NATS' own tools write it.
    #[must_use]
    pub fn credentials(mut self, file: impl Into<PathBuf>) -> Self {
        self.login.credentials = Some(file.into());
        self
    }

    /// A user and a password.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.login.user = Some((user.into(), password.into()));
        self
    }

    /// A token.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.login.token = Some(token.into());
        self
    }

    /// Demands TLS of all servers. Their certificates are checked against the authorities of the
    /// operating system.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.login.tls.required = true;
        self
    }

    /// Demands TLS of all servers, and trusts the authorities in this PEM file. It may be called
    /// again; the authorities of the operating system do not count then.
    #[must_use]
    pub fn root_certificates(mut self, file: impl Into<PathBuf>) -> Self {
        self.login.tls.required = true;
        self.login.tls.authorities.push(file.into());
        self
    }

    /// Demands TLS of all servers, and shows them the certificate in this PEM file, whose key is in
    /// the other one.
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.login.tls.required = true;
        self.login.tls.certificate = Some((certificate.into(), key.into()));
        self
    }

    async fn start(&self, node: &NodeOptions, arrivals: Arrivals) -> Result<(), ConnectError> {
        let (events, heard) = mpsc::channel(QUEUE);
        let losses = Arc::new(AtomicU64::new(0));
        let lost = losses.clone();
        let hear = |options: ConnectOptions| {
            options.event_callback(move |event| {
                if event == Event::Disconnected {
                    lost.fetch_add(1, Ordering::AcqRel);
                }
                let events = events.clone();
                async move {
                    let _ = events.send(event).await;
                }
            })
        };
        let client = self.login.connect(&node.node, WAITING, hear).await?;
        let most = client.server_info().max_payload;
        if most < node.max_message {
            let max_message = node.max_message;
            tracing::warn!(
                max_payload = most,
                max_message,
                "NATS carries less than `max_message`: larger broadcasts will not reach other nodes"
            );
        }
        let subjects = Subjects::new(&node.name);
        let (commands, told) = mpsc::channel(QUEUE);
        let reader = Reader::start(client.clone(), subjects.clone(), &node.node, arrivals).await?;
        tokio::spawn(reader.run(heard, told));
        let connected = Connected {
            client,
            subjects,
            commands,
            losses,
        };
        self.connected.set(connected).map_err(|_| {
            ConnectError::Refused("this adapter is connected: each node needs its own".to_owned())
        })
    }

    async fn write(&self, batch: &[Outgoing]) -> Result<(), Unwritten> {
        let connected = self.connected.get().ok_or(Unwritten)?;
        let losses = connected.losses.load(Ordering::Acquire);
        let mut written = Ok(());
        for Outgoing { channel, message } in batch {
            let subject = connected.subjects.of(channel);
            let published = connected.client.publish(subject, message.clone()).await;
            if published.is_err() {
                written = Err(Unwritten);
            }
        }
        connected.client.flush().await.map_err(|_| Unwritten)?;
        if connected.losses.load(Ordering::Acquire) != losses {
            return Err(Unwritten);
        }
        written
    }

    async fn command(&self, command: Command) {
        if let Some(connected) = self.connected.get() {
            // The reader has ended if the node has stopped.
            let _ = connected.commands.send(command).await;
        }
    }
}

impl Adapter for Nats {
    fn name(&self) -> &str {
        "nats"
    }

    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        Box::pin(self.start(node, arrivals))
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        Box::pin(self.write(batch))
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(self.command(Command::Subscribe(topics.to_vec())))
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(self.command(Command::Unsubscribe(topics.to_vec())))
    }

    fn close(&self) -> Async<'_, ()> {
        Box::pin(async {
            if let Some(connected) = self.connected.get() {
                // What is left unsaid here is told by no one: the node stops.
                let _ = connected.client.flush().await;
                let _ = connected.client.drain().await;
            }
        })
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats")
            .field("servers", &self.login.servers.len())
            .field("connected", &self.connected.get().is_some())
            .finish()
    }
}
