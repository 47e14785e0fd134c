//! The connections to one master of a cluster.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use bytes::Bytes;
use redis::{
    ErrorKind, PushInfo, PushKind, RedisError, ServerError, ServerErrorKind, Value,
    aio::ConnectionLike, cmd,
};

use super::{
    access::Server,
    arriving::Arriving,
    connection::{self, Connection},
    slots::Address,
    trouble::Trouble,
};

/// The connections to a master. What it says unasked must not come between a command and its
/// answer, so commands that are frequent have their own connection.
#[derive(Clone)]
pub(super) struct Shard {
    address: Address,
    publishing: Connection,
    subscribed: Connection,
    /// How many are asking something of `subscribed`.
    asking: Arc<AtomicUsize>,
}

/// Counts who asks something of a connection, until the answer is acted on.
pub(super) struct Asking(Arc<AtomicUsize>);

/// What is asked of servers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Publish,
    Subscribe,
    Unsubscribe,
}

/// A channel, and what is published there.
pub(super) type Task<'a> = (&'a str, Option<&'a Bytes>);

/// Who hears what connections say unasked.
#[derive(Clone)]
pub(super) struct Ears {
    arriving: Arriving,
    trouble: Arc<Trouble>,
    /// Channels that this node is leaving.
    leaving: Arc<Mutex<HashSet<String>>>,
}

impl Shard {
    pub(super) async fn open(
        seed: &Server,
        ears: &Ears,
        address: &Address,
    ) -> Result<Self, RedisError> {
        let server = seed.beside(address);
        let asking = Arc::<AtomicUsize>::default();
        let (of_publishing, of_subscribed) = (ears.clone(), ears.clone());
        let asked = asking.clone();
        let publishing = connection::open(&server, move |push| of_publishing.note_end(&push));
        let subscribed = connection::open(&server, move |push| of_subscribed.hear(push, &asked));
        let (publishing, subscribed) = tokio::try_join!(publishing, subscribed)?;
        Ok(Shard {
            address: address.clone(),
            publishing,
            subscribed,
            asking,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn publishing(&self) -> Connection {
        self.publishing.clone()
    }

    /// Asks the server whether it is there. Any answer will do: where a subscription is ended
    /// meanwhile, the crate takes that for the answer, and drops the real one.
    pub(super) async fn check(&self) -> Result<(), RedisError> {
        let mut connection = self.subscribed.clone();
        let answer = cmd("PING").exec_async(&mut connection).await;
        match answer {
            Err(error) if error.is_io_error() || error.is_unrecoverable_error() => Err(error),
            // That the user may not ask is an answer, too.
            _ => Ok(()),
        }
    }

    fn ask(&self) -> Asking {
        self.asking.fetch_add(1, SeqCst);
        Asking(self.asking.clone())
    }

    /// Does tasks in one write. Returns those whose slot another server has.
    pub(super) async fn ask_all<'a>(
        &self,
        verb: Verb,
        tasks: &[Task<'a>],
    ) -> Result<(Vec<Task<'a>>, Option<Asking>), RedisError> {
        let asking = (verb != Verb::Publish).then(|| self.ask());
        let mut connection = match verb {
            Verb::Publish => self.publishing.clone(),
            Verb::Subscribe | Verb::Unsubscribe => self.subscribed.clone(),
        };
        let mut commands = redis::Pipeline::with_capacity(tasks.len());
        for (channel, message) in tasks {
            let command = commands.cmd(verb.command()).arg(*channel);
            if let Some(message) = message {
                command.arg(&message[..]);
            }
        }
        let answers = connection.req_packed_commands(&commands, 0, tasks.len());
        let answers = answers.await?;
        if answers.len() != tasks.len() {
            return Err(out_of_step());
        }
        let mut moved: Vec<Task<'a>> = Vec::new();
        for (task, answer) in tasks.iter().zip(answers) {
            if !verb.is_done(task.0, answer)? {
                moved.push(*task);
            } else if verb == Verb::Publish && moved.iter().any(|(channel, _)| *channel == task.0) {
                // Sent again, the earlier message would come after this one.
                let why = "a slot has moved between two messages";
                return Err((ErrorKind::Client, why).into());
            }
        }
        Ok((moved, asking))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Verb {
    fn command(self) -> &'static str {
        match self {
            Verb::Publish => "SPUBLISH",
            Verb::Subscribe => "SSUBSCRIBE",
            Verb::Unsubscribe => "SUNSUBSCRIBE",
        }
    }

    /// False if the slot of the channel has moved.
    fn is_done(self, channel: &str, answer: Value) -> Result<bool, RedisError> {
        match (self, answer) {
            // A server that has given the slot away has ended the subscription.
            (Verb::Unsubscribe, Value::ServerError(_)) => Ok(true),
            (_, Value::ServerError(error)) if error.kind() == Some(ServerErrorKind::Moved) => {
                Ok(false)
            }
            (_, Value::ServerError(error)) if is_unknown(&error) => {
                let why = "the cluster has no sharded pub/sub; help: it needs Redis 7 or later";
                Err((ErrorKind::InvalidClientConfig, why).into())
            }
            (_, Value::ServerError(error)) => Err(error.into()),
            (Verb::Publish, Value::Int(_)) => Ok(true),
            (Verb::Subscribe, Value::Push { kind, data })
                if kind == PushKind::SSubscribe && is_about(&data, channel) =>
            {
                Ok(true)
            }
            (Verb::Unsubscribe, Value::Push { kind, data })
                if kind == PushKind::SUnsubscribe && is_about(&data, channel) =>
            {
                Ok(true)
            }
            _ => Err(out_of_step()),
        }
    }
}

impl Ears {
    pub(super) fn new(arriving: Arriving, trouble: Arc<Trouble>) -> Self {
        Ears {
            arriving,
            trouble,
            leaving: Arc::default(),
        }
    }

    /// The end of these subscriptions is what the node wants.
    pub(super) fn leave(&self, channels: &[String]) {
        self.leaving().extend(channels.iter().cloned());
    }

    pub(super) fn have_left(&self, channels: &[String]) {
        let mut leaving = self.leaving();
        channels.iter().for_each(|channel| {
            leaving.remove(channel);
        });
    }

    fn hear(&self, push: PushInfo, asking: &AtomicUsize) {
        if push.kind != PushKind::SUnsubscribe {
            self.note_end(&push);
            return self.arriving.take(push);
        }
        let Some(Value::BulkString(channel)) = push.data.into_iter().next() else {
            return;
        };
        let channel = String::from_utf8_lossy(&channel).into_owned();
        if self.leaving().remove(&channel) {
            return;
        }
        // The crate takes it for the answer to what was asked, if anything was.
        if asking.load(SeqCst) > 0 {
            self.trouble
                .lose("slots have moved between a command and its answer");
        } else {
            self.trouble.ended(channel);
        }
    }

    fn note_end(&self, push: &PushInfo) {
        if push.kind == PushKind::Disconnection {
            self.trouble.lose("a connection to the cluster has ended");
        }
    }

    fn leaving(&self) -> MutexGuard<'_, HashSet<String>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_unknown(error: &ServerError) -> bool {
    let details = error.details();
    details.is_some_and(|details| details.starts_with("unknown command"))
}

fn is_about(data: &[Value], channel: &str) -> bool {
    matches!(data.first(), Some(Value::BulkString(name)) if name == channel.as_bytes())
}

fn out_of_step() -> RedisError {
    (
        ErrorKind::Client,
        "an answer does not belong to its command",
    )
        .into()
}
