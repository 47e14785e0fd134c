//! The open connections of a mount: swept for silence, and drained when the endpoint stops.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use crate::{
    debug::{ChannelInfo, SocketInfo},
    pubsub::SubscriberId,
    slab::Slab,
};

/// Connections looked at before they are unlocked for others.
const STRETCH: usize = 256;

/// How long a connection that is to end at once may take to notice.
const HEED: Duration = Duration::from_secs(1);

/// An open connection, as seen from outside its task. No call may block.
pub(crate) trait Drainable: Send + Sync {
    /// Ends the connection if its client has been silent for too long. `now` is the coarse clock's
    /// time.
    fn sweep(&self, now: u64);

    fn id(&self) -> SubscriberId;

    /// What is told of it to those who ask who is here.
    fn info(&self) -> SocketInfo;

    /// At most `most` topics whose broadcasts go straight to its client.
    fn channels(&self, most: usize) -> Vec<ChannelInfo>;

    /// Asks the connection to end, because somebody wants it gone.
    fn disconnect(&self);

    /// Asks the connection to tell its client to come back later, and to end.
    fn drain(&self);

    /// Ends the connection at once.
    fn cut(&self);

    /// Bytes that wait for its client.
    #[cfg(feature = "metrics")]
    fn held(&self) -> usize;

    /// Drops the connection's task, because it did not react to [`cut`](Drainable::cut). False if
    /// that cannot be done.
    fn abort(&self) -> bool {
        false
    }
}

/// The open connections of a mount.
#[derive(Default)]
pub(crate) struct Connections {
    members: Mutex<Slab<Arc<dyn Drainable>>>,
    emptied: Notify,
    /// Connections that ended and left something undone.
    cut_off: AtomicUsize,
}

impl Connections {
    pub(crate) fn enter(&self, member: Arc<dyn Drainable>) -> usize {
        self.lock().insert(member)
    }

    pub(crate) fn leave(&self, place: usize) {
        let mut members = self.lock();
        let gone = members.remove(place);
        let empty = members.len() == 0;
        drop(members);
        // Dropped outside the lock: it may be the last reference.
        drop(gone);
        if empty {
            self.emptied.notify_waiters();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// A connection had to end before its callback or what waited for its client had.
    pub(crate) fn count_cut_off(&self) {
        self.cut_off.fetch_add(1, Ordering::Relaxed);
    }

    /// Connections that were cut off, those that cannot be ended included.
    pub(crate) fn cut_off(&self) -> usize {
        self.cut_off.load(Ordering::Relaxed) + self.len()
    }

    pub(crate) fn sweep(&self, now: u64) {
        self.each(|member| member.sweep(now));
    }

    /// Bytes that wait for the clients of all connections.
    #[cfg(feature = "metrics")]
    pub(crate) fn held(&self) -> usize {
        let mut held = 0;
        self.each(|member| held += member.held());
        held
    }

    fn each(&self, mut visit: impl FnMut(&dyn Drainable)) {
        // A mount without connections takes no memory for them.
        let mut members = Vec::with_capacity(STRETCH.min(self.len()));
        let mut place = 0;
        while let Some(next) = self.copy(place, STRETCH, &mut members) {
            members.drain(..).for_each(|member| visit(&*member));
            place = next;
        }
    }

    /// Asks the next connections from slot `place` on to end, at most `most`, and advances `place`.
    /// Returns how many were asked.
    pub(crate) fn tell(&self, place: &mut usize, most: usize) -> usize {
        let batch = self.batch(place, most);
        batch.iter().for_each(|member| member.drain());
        batch.len()
    }

    /// The connection of this id.
    pub(crate) fn find(&self, id: SubscriberId) -> Option<Arc<dyn Drainable>> {
        let (mut place, mut members) = (0, Vec::with_capacity(STRETCH));
        while let Some(next) = self.copy(place, STRETCH, &mut members) {
            if let Some(found) = members.drain(..).find(|member| member.id() == id) {
                return Some(found);
            }
            place = next;
        }
        None
    }

    /// The connections that are meant.
    #[cfg(feature = "dashboard")]
    pub(crate) fn filter(
        &self,
        is_meant: impl Fn(&dyn Drainable) -> bool,
    ) -> Vec<Arc<dyn Drainable>> {
        let (mut place, mut members, mut meant) = (0, Vec::with_capacity(STRETCH), Vec::new());
        while let Some(next) = self.copy(place, STRETCH, &mut members) {
            meant.extend(members.drain(..).filter(|member| is_meant(&**member)));
            place = next;
        }
        meant
    }

    /// The number of connections from slot `place` on.
    pub(crate) fn count_from(&self, place: usize) -> usize {
        match place {
            0 => self.len(),
            mut place => self.batch(&mut place, usize::MAX).len(),
        }
    }

    /// Whether there is a connection at slot `place` or behind it.
    pub(crate) fn is_any_from(&self, mut place: usize) -> bool {
        !self.batch(&mut place, 1).is_empty()
    }

    /// Ends all connections: by `drain`, and after it those that it has not asked. Returns when none
    /// is left, and how many there were when the time was over, which had to end at once.
    pub(crate) async fn end(&self, within: Duration, drain: impl Future<Output = ()>) -> usize {
        let ended = timeout(within, async {
            drain.await;
            self.tell(&mut 0, usize::MAX);
            self.emptied().await;
        });
        if ended.await.is_ok() {
            return 0;
        }
        let rest = self.all();
        rest.iter().for_each(|member| member.cut());
        let late = rest.len();
        drop(rest);
        if timeout(HEED, self.emptied()).await.is_err() {
            let aborted = self.all().iter().filter(|member| member.abort()).count();
            self.emptied().await;
            self.cut_off.fetch_add(aborted, Ordering::Relaxed);
        }
        late
    }

    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn all(&self) -> Vec<Arc<dyn Drainable>> {
        let mut all = Vec::new();
        self.copy(0, usize::MAX, &mut all);
        all
    }

    /// Collects the next members from slot `place` on, and advances `place`.
    pub(crate) fn batch(&self, place: &mut usize, most: usize) -> Vec<Arc<dyn Drainable>> {
        let mut batch = Vec::new();
        // Slots may be free: members that left before do not count towards the batch.
        while batch.len() < most
            && let Some(next) = self.copy(*place, most - batch.len(), &mut batch)
        {
            *place = next;
        }
        batch
    }

    fn copy(&self, place: usize, most: usize, out: &mut Vec<Arc<dyn Drainable>>) -> Option<usize> {
        self.lock().copy_from_place(place, most, out)
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Arc<dyn Drainable>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("members", &self.len())
            .finish()
    }
}
