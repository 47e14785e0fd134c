//! What a sweep finds out about a connection: whether its client is still there, and its callback
//! returns.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::{
    out::Out,
    registry::Drainable,
    shared::{JUST_NOW, Shared},
    stop::StopRequest,
};
use crate::{
    debug::{ChannelInfo, SocketInfo},
    pubsub::SubscriberId,
};

/// How long callbacks go on answering a client that has left.
const LEFT: u64 = 5_000;
/// How often a client is pinged whose end would not show by reading.
const PROBED: u64 = 1_000;

/// What a way out knows of its client's presence. It is called without the lock.
pub(in crate::transport) trait Swept: Out {
    /// False while nobody would hear the client: its silence is not judged.
    fn is_listening(shared: &Shared<Self>) -> bool {
        let _ = shared;
        true
    }

    /// True while the end of the client would not show by reading: it is pinged now and again, so
    /// that it shows by writing. Must not take the lock.
    fn is_probed(shared: &Shared<Self>) -> bool {
        let _ = shared;
        false
    }

    /// Sends a ping, if the transport has such a thing.
    fn ping(shared: &Shared<Self>, payload: Bytes) {
        let _ = (shared, payload);
    }

    /// A sweep passes by: looks whether the client is still there, if reading would not show it.
    fn watch(shared: &Shared<Self>, now: u64) {
        let _ = (shared, now);
    }

    /// A sweep has found the client silent for this many milliseconds, which is less than the
    /// timeout.
    fn is_silent(shared: &Shared<Self>, millis: u64) {
        let _ = (shared, millis);
    }
}

impl<O: Swept> Drainable for Shared<O> {
    fn sweep(&self, now: u64) {
        if self.heard.load(Ordering::Relaxed) == JUST_NOW {
            self.heard.store(now, Ordering::Relaxed);
        }
        let silence = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if self.closing.load(Ordering::Relaxed) {
            if silence >= O::LINGER {
                self.request_stop(StopRequest::Over);
            }
            return;
        }
        self.sweep_writes(now);
        self.sweep_counts(now);
        let options = &self.context.options;
        let busy = self.busy.millis(now);
        if busy.is_some_and(|millis| millis >= options.callback_timeout.millis()) {
            self.request_stop(StopRequest::Late);
        } else {
            O::watch(self, now);
        }
        if !O::is_listening(self) {
            self.heard.store(now, Ordering::Relaxed);
        } else if silence >= options.timeout.millis() {
            self.request_stop(StopRequest::Timeout);
        } else {
            O::is_silent(self, silence);
        }
    }

    fn id(&self) -> SubscriberId {
        self.id
    }

    fn info(&self) -> SocketInfo {
        Shared::info(self)
    }

    fn channels(&self, most: usize) -> Vec<ChannelInfo> {
        Shared::channels(self, most)
    }

    fn disconnect(&self) {
        self.request_stop(StopRequest::Disconnect);
    }

    fn drain(&self) {
        self.request_stop(StopRequest::Drain);
    }

    fn cut(&self) {
        self.request_stop(StopRequest::Cut);
    }

    #[cfg(feature = "metrics")]
    fn held(&self) -> usize {
        let out = &self.state().out;
        if out.is_empty() { 0 } else { out.held() }
    }

    fn abort(&self) -> bool {
        self.state().out.abort()
    }
}

impl<O: Swept> Shared<O> {
    fn sweep_writes(&self, now: u64) {
        let mut state = self.state();
        let since = now.saturating_sub(state.last_write);
        if state.has_left {
            if since >= LEFT {
                drop(state);
                self.request_stop(StopRequest::Gone);
            }
        } else if state.out.is_empty() {
            if !O::is_probed(self) {
                state.last_write = now;
            } else if since >= PROBED {
                drop(state);
                O::ping(self, Bytes::new());
            }
        } else if since >= self.context.options.write_timeout.millis() {
            drop(state);
            self.context.meters.slow();
            self.request_stop(StopRequest::Overflow);
        }
    }
}
