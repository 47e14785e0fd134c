//! NATS as the broker of a cluster.

// | file | what |
// | --- | --- |
// | `login` | how a node connects, and what is wrong if it does not |
// | `tls` | how the connection is encrypted |
// | `subject` | names of subjects |
// | `signals` | what the client says of its connection |
// | `sent` | topics of what the server may not have taken yet |
// | `backlog` | what has been read, until the node takes it |
// | `reader` | subscribes, and tells the node what arrives |

mod backlog;
mod login;
mod reader;
mod sent;
mod signals;
mod subject;
mod tls;

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use async_nats::{Client, ConnectOptions};
use tokio::sync::mpsc;

use self::{
    login::Login,
    reader::{Command, Reader},
    sent::Sent,
    signals::Signals,
    subject::Subjects,
};
use super::{Adapter, Arrivals, Async, Channel, ConnectError, NodeOptions, Outgoing, Unwritten};
use crate::config::Secret;

/// The maximum number of commands that wait.
const QUEUE: usize = 64;

/// NATS as the broker of a cluster: a subject for each topic, for each node, and for all of them.
///
/// `pubsub(nats(url = env("NATS_URL")))` of a declaration makes one.
///
/// ```no_run
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// use landfall::pubsub::{PubSub, adapter::{Nats, NodeOptions}};
///
/// let nats = Nats::new("nats://10.0.0.1:4222").server("nats://10.0.0.2:4222");
/// let nats = nats.token("from a file");
/// let pubsub = PubSub::connect(nats, NodeOptions::new("chat")).await?;
/// # drop(pubsub); Ok(()) }
/// ```
///
/// Topics are escaped where NATS forbids their characters; of a topic that has more than 512 bytes
/// then, the subject has the SHA-256. NATS carries messages of up to its `max_payload`, 1 MiB
/// unless it is configured otherwise: a larger broadcast is refused at the call.
///
/// A server that does not answer for 6 seconds is gone; the node is connected again within 2
/// seconds of its return, or by another server of the cluster at once. NATS does not answer to what
/// is published. The node asks the server four times a second what it has taken. Subscribers on
/// other nodes are told of the rest if the connection is lost.
pub struct Nats {
    login: Login,
    connected: OnceLock<Connected>,
}

struct Connected {
    client: Client,
    subjects: Subjects,
    commands: mpsc::Sender<Command>,
    sent: Arc<Sent>,
    running: Running,
}

/// The client connects again for as long as this stands.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Nats {
    /// Connects to this server: `"nats://host:4222"`, or `"tls://host:4222"`. The URL may have a
    /// user and a password, or a token, and is not shown anywhere.
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
        if self.connected.get().is_some() {
            let why = "this adapter is connected; help: make one for each node";
            return Err(ConnectError::Refused(why.to_owned()));
        }
        let (signals, sent) = (Arc::new(Signals::default()), Arc::new(Sent::default()));
        let running = Running(Arc::new(AtomicBool::new(true)));
        let (heard, runs) = (signals.clone(), running.0.clone());
        let follow = |options: ConnectOptions| {
            options
                .subscription_capacity(node.queue)
                .reconnect_delay_callback(move |attempts| login::pause(attempts, &runs))
                .event_callback(move |event| {
                    heard.take(event);
                    std::future::ready(())
                })
        };
        let client = self.login.connect(&node.node, follow).await?;
        let subjects = Subjects::new(&node.name);
        let state = (signals, sent.clone());
        let reader = Reader::start(client.clone(), subjects.clone(), node, arrivals, state).await?;
        let most = client.max_payload();
        if most < node.max_message {
            let max_message = node.max_message;
            tracing::info!(
                max_payload = most,
                max_message,
                "NATS carries less than `max_message`: larger broadcasts are refused"
            );
        }
        let (commands, told) = mpsc::channel(QUEUE);
        tokio::spawn(reader.run(told));
        let connected = Connected {
            client,
            subjects,
            commands,
            sent,
            running,
        };
        let _ = self.connected.set(connected);
        Ok(())
    }

    async fn write(&self, batch: &[Outgoing]) -> Result<(), Unwritten> {
        let connected = self.connected.get().ok_or(Unwritten)?;
        let Connected { client, sent, .. } = connected;
        let (losses, connections) = (sent.losses(), reader::connections(client));
        let mut written = Ok(());
        for Outgoing { channel, message } in batch {
            let subject = connected.subjects.of(channel);
            // The server has another limit than before, or the client has ended.
            if client.publish(subject, message.clone()).await.is_err() {
                written = Err(Unwritten);
            }
        }
        client.flush().await.map_err(|_| Unwritten)?;
        let topics = batch.iter().filter_map(|outgoing| match &outgoing.channel {
            Channel::Topic(topic) => Some(topic),
            Channel::Node(_) | Channel::All => None,
        });
        if !sent.note(losses, topics) || reader::connections(client) != connections {
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
            if let Some(Connected {
                client, running, ..
            }) = self.connected.get()
            {
                running.0.store(false, Ordering::Release);
                // What is left unsaid here is told by no one: the node stops.
                let _ = client.flush().await;
                let _ = client.drain().await;
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
