//! What an application adds to presences, and what it does about them.

use std::{future::poll_fn, pin::Pin, task::Poll, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::list::Presences;
use crate::{
    contain::{self, Panic},
    error::BoxError,
    escape::{chain, shown},
};

/// How long a callback may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Adds fields beside `metas`, to lists and to diffs before clients are told of them.
///
/// It is given a topic and all keys that are needed at once, so that a database is asked once. It
/// may await, for at most 5 seconds. A diff waits for it, and the later ones of the same topic do;
/// those of other topics do not, unless it is running for 64 topics already. If it fails, panics or
/// takes longer, that is logged, and clients are told metas only.
///
/// A closure that awaits nothing is one too: `|topic: &str, presences: &mut Presences| ..`.
///
/// See [the module](super#what-belongs-to-a-key).
pub trait Fetch: Send + Sync + 'static {
    /// Adds fields by [`Present::insert`](super::Present::insert).
    ///
    /// # Errors
    /// If what belongs to the presences cannot be had now.
    fn fetch(
        &self,
        topic: &str,
        presences: &mut Presences,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

impl<F: Fn(&str, &mut Presences) + Send + Sync + 'static> Fetch for F {
    async fn fetch(&self, topic: &str, presences: &mut Presences) -> Result<(), BoxError> {
        self(topic, presences);
        Ok(())
    }
}

/// Is told of changes on every node, whichever node they happened on.
///
/// It is called after the subscribers of the topic on this node were told, in the order of changes.
/// What it fails or panics with is logged. It may take 5 seconds.
///
/// See [the module](super#when-somebody-comes-or-leaves).
pub trait HandleMetas: Send + Sync + 'static {
    /// Somebody came or left.
    ///
    /// `joins` and `leaves` have the fields that [`Fetch`] adds. `presences` is who is there now,
    /// without these fields. An update is a leave and a join of the same key.
    ///
    /// # Errors
    /// They are logged.
    fn handle_metas(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        presences: &Presences,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

impl<F> HandleMetas for F
where
    F: Fn(&str, &Presences, &Presences, &Presences) + Send + Sync + 'static,
{
    async fn handle_metas(
        &self,
        topic: &str,
        joins: &Presences,
        leaves: &Presences,
        presences: &Presences,
    ) -> Result<(), BoxError> {
        self(topic, joins, leaves, presences);
        Ok(())
    }
}

/// The call of a callback.
type Call<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// A [`Fetch`] without its type.
pub(super) trait AnyFetch: Send + Sync {
    fn run<'a>(&'a self, topic: &'a str, presences: &'a mut Presences) -> Call<'a>;
}

impl<F: Fetch> AnyFetch for F {
    fn run<'a>(&'a self, topic: &'a str, presences: &'a mut Presences) -> Call<'a> {
        Box::pin(self.fetch(topic, presences))
    }
}

/// A [`HandleMetas`] without its type.
pub(super) trait AnyHandle: Send + Sync {
    fn run<'a>(
        &'a self,
        topic: &'a str,
        changed: [&'a Presences; 2],
        presences: &'a Presences,
    ) -> Call<'a>;
}

impl<H: HandleMetas> AnyHandle for H {
    fn run<'a>(
        &'a self,
        topic: &'a str,
        [joins, leaves]: [&'a Presences; 2],
        presences: &'a Presences,
    ) -> Call<'a> {
        Box::pin(self.handle_metas(topic, joins, leaves, presences))
    }
}

/// The callbacks of a presence.
#[derive(Default)]
pub(super) struct Callbacks {
    pub(super) fetch: Option<Box<dyn AnyFetch>>,
    pub(super) handle_metas: Option<Box<dyn AnyHandle>>,
}

impl Callbacks {
    pub(super) fn any(&self) -> bool {
        self.fetch.is_some() || self.handle_metas.is_some()
    }

    /// Adds fields. If that fails, there are none.
    pub(super) async fn fetch(&self, topic: &str, presences: &mut Presences, deadline: Instant) {
        let Some(fetch) = &self.fetch else { return };
        if presences.is_empty() {
            return;
        }
        if let Err(why) = contained(|| fetch.run(topic, presences), deadline).await {
            tracing::error!(topic = %shown(topic), "fetching what belongs to presences {why}");
            presences.clear_fields();
        }
    }

    /// Tells the application who came and left.
    pub(super) async fn handle_metas(
        &self,
        topic: &str,
        changed: [&Presences; 2],
        presences: &Presences,
    ) {
        let Some(handle) = &self.handle_metas else {
            return;
        };
        let deadline = Instant::now() + PATIENCE;
        let call = || handle.run(topic, changed, presences);
        if let Err(why) = contained(call, deadline).await {
            tracing::error!(topic = %shown(topic), "handling the metas of presences {why}");
        }
    }
}

/// Runs a callback until the deadline. How it failed, if it did.
async fn contained<'a>(
    callback: impl FnOnce() -> Call<'a>,
    deadline: Instant,
) -> Result<(), String> {
    let panicked = |panic: Panic| format!("panicked: {panic}");
    let mut call = contain::call(callback).map_err(panicked)?;
    let polled = poll_fn(|cx| match contain::call(|| call.as_mut().poll(cx)) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    let ended = timeout_at(deadline, polled).await;
    let dropped = contain::discard(call);
    match ended {
        Ok(Ok(Ok(()))) => dropped.map_err(panicked),
        Ok(Ok(Err(error))) => Err(format!("failed: {}", chain(&*error))),
        Ok(Err(panic)) => Err(panicked(panic)),
        Err(_) => Err("took too long".to_owned()),
    }
}
