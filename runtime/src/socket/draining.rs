//! How a mount's connections are told to go when the endpoint stops.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tokio::time::sleep;

use super::{Drainer, Mounted, TransportKind};
use crate::{handle::Handle, task::boxed, telemetry};

/// The open connections of a mount that came by one transport.
pub(crate) trait Drained: Send + Sync {
    /// How many are open.
    fn count(&self) -> usize;

    /// Asks the next ones from slot `place` on to end, at most `most`, and advances `place`.
    fn tell(&self, place: &mut usize, most: usize) -> usize;

    /// How many there are from slot `place` on.
    fn count_from(&self, place: usize) -> usize;

    /// Whether there is one from slot `place` on.
    fn is_any_from(&self, place: usize) -> bool;

    /// Waits until none is open.
    fn emptied(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The connections of a mount that came by one transport, which have to end because the endpoint
/// stops: what [`Socket::drain`](crate::Socket::drain) is given.
///
/// By now, the mount accepts no new connections. A connection that is told to go by
/// [`tell`](Draining::tell) or [`in_batches`](Draining::in_batches) ends with
/// [`Reason::Shutdown`](crate::socket::Reason::Shutdown), and its client is closed with 1012, upon
/// which Phoenix's clients connect again. Until then, everything goes on: its socket is called, and
/// broadcasts reach it. So a socket can take its time, or part with its clients by itself:
///
/// ```
/// use std::time::Duration;
///
/// use landfall::{prelude::*, socket::Draining};
/// use tokio::time::timeout;
///
/// /// A table of a game that is played in rounds of a minute.
/// struct Table;
///
/// #[socket(drainer(shutdown = secs(120)))]
/// impl Table {
///     async fn connect() -> Result<Self, Refused> {
///         Ok(Table)
///     }
///
///     async fn init(&mut self, out: &mut Outbox) {
///         out.forward("tables");
///     }
///
///     async fn handle_in(&mut self, message: Message, _: &mut Outbox) -> Flow {
///         match message.as_text() {
///             Some("the round is over") => Flow::close(4000, "see you"),
///             _ => Flow::Continue,
///         }
///     }
///
///     async fn drain(mut draining: Draining) {
///         let _ = draining.handle().broadcast("tables", "last_round", "this is the last round");
///         // Most of them leave by themselves in time.
///         let _ = timeout(Duration::from_secs(90), draining.ended()).await;
///         // All others go in batches, as `drainer(..)` of the mount says.
///         draining.in_batches(draining.drainer()).await;
///     }
/// }
///
/// endpoint! {
///     struct Games;
///     socket("/table", Table, drainer(batch_size = 500));
/// }
/// ```
pub struct Draining {
    pub(crate) connections: Arc<dyn Drained>,
    pub(crate) handle: Handle,
    /// The name of the socket's type, for logs.
    pub(crate) socket: &'static str,
    pub(crate) mounted: Arc<Mounted>,
    pub(crate) transport: TransportKind,
    pub(crate) told: Told,
}

/// Who was told so far.
#[derive(Default)]
pub(crate) struct Told {
    /// The slot of the next connection to tell.
    place: usize,
    /// Batches so far.
    batches: usize,
}

/// How many connections are told to go, and in how many rounds.
#[derive(Clone, Copy)]
struct Plan {
    total: usize,
    rounds: usize,
}

impl Draining {
    /// The mount that they came to, with everything that it sets.
    pub fn mount(&self) -> &Mounted {
        &self.mounted
    }

    /// The transport that they came by.
    pub fn transport(&self) -> TransportKind {
        self.transport
    }

    /// The endpoint that stops.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// `drainer(..)` of the mount. With `drainer = false` it is one batch.
    pub fn drainer(&self) -> Drainer {
        self.mounted.drainer.unwrap_or(Drainer::AT_ONCE)
    }

    /// How many connections are open, those that were told included.
    pub fn len(&self) -> usize {
        self.connections.count()
    }

    /// Whether no connection is open any more.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells the next connections to go, at most `most` of those that were not told yet. Returns how
    /// many were told: 0 if there are no others. A line at level debug says so too.
    pub fn tell(&mut self, most: usize) -> usize {
        self.tell_round(most, None)
    }

    /// Tells all connections that were not told yet, in batches of `batch_size`, with
    /// `batch_interval` between them. A line at the level `log` says how many they are. `shutdown`
    /// is not used: the mount's own is the limit.
    ///
    /// It returns when all are told. They may not have ended by then.
    pub async fn in_batches(&mut self, drainer: Drainer) {
        let (size, total) = (
            drainer.batch_size.max(1),
            self.connections.count_from(self.told.place),
        );
        let rounds = total.div_ceil(size).max(1);
        let plan = Plan { total, rounds };
        self.log_plan(plan, &drainer);
        while self.tell_round(size, Some(plan)) > 0 {
            if !self.connections.is_any_from(self.told.place) {
                break;
            }
            sleep(drainer.batch_interval).await;
        }
    }

    /// What happens by default: [`in_batches`](Draining::in_batches) as the mount says.
    pub fn as_declared(mut self) -> impl Future<Output = ()> + Send {
        // Boxed: it is a part of every socket, which would describe to debuggers what it holds.
        boxed(async move { self.in_batches(self.drainer()).await })
    }

    /// Waits until no connection is open.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn ended(&self) {
        self.connections.emptied().await;
    }

    fn tell_round(&mut self, most: usize, plan: Option<Plan>) -> usize {
        let count = self.connections.tell(&mut self.told.place, most);
        if count > 0 {
            self.told.batches += 1;
            let batch = self.told.batches;
            let (rounds, total) = (plan.map(|plan| plan.rounds), plan.map(|plan| plan.total));
            telemetry::event!(
                SOCKET_DRAIN_BATCH, tracing::Level::DEBUG,
                endpoint = self.handle.name(), path = self.mounted.path, socket = self.socket,
                transport = %self.transport, batch, rounds, count, total,
                "told a batch of sockets to come back later"
            );
        }
        count
    }

    fn log_plan(&self, Plan { total, rounds }: Plan, drainer: &Drainer) {
        if let Some(level) = drainer.log.filter(|_| total > 0) {
            let interval = drainer.batch_interval;
            let millis = interval.as_millis();
            telemetry::event!(
                SOCKET_DRAIN, level,
                endpoint = self.handle.name(), path = self.mounted.path, socket = self.socket,
                transport = %self.transport, total, rounds, ?interval,
                "shutting down {total} sockets in {rounds} rounds of {millis}ms"
            );
        }
    }
}

impl fmt::Debug for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draining")
            .field("mount", &self.mounted.path)
            .field("transport", &self.transport)
            .field("open", &self.len())
            .finish_non_exhaustive()
    }
}
