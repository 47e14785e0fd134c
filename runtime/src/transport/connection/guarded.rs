//! A socket in the hands of a connection: it is told its end, whatever becomes of that.

use crate::{
    socket::{Outbox, Reason, Socket},
    transport::log,
    watchdog::Callback,
};

/// A socket and its outbox.
///
/// Once its `init` has begun, the socket is told its end exactly once: by [`terminate`](Guarded::terminate), or when this
/// is dropped, which is what happens when the future of a callback is dropped that owns it.
pub(in crate::transport) struct Guarded<S: Socket> {
    stage: Stage<S>,
    out: Outbox,
}

enum Stage<S> {
    /// `init` has not been called.
    Fresh(S),
    Begun(S),
    Ended,
}

impl<S: Socket> Guarded<S> {
    pub(in crate::transport) fn new(socket: S, out: Outbox) -> Self {
        Guarded {
            stage: Stage::Fresh(socket),
            out,
        }
    }

    /// What `init` is called with: from here on, the socket is told its end.
    pub(in crate::transport) fn begin(&mut self) -> Option<(&mut S, &mut Outbox)> {
        if let Stage::Fresh(socket) = self.take() {
            self.stage = Stage::Begun(socket);
        }
        self.parts()
    }

    /// What callbacks are called with; `None` after the end.
    pub(in crate::transport) fn parts(&mut self) -> Option<(&mut S, &mut Outbox)> {
        match &mut self.stage {
            Stage::Fresh(socket) | Stage::Begun(socket) => Some((socket, &mut self.out)),
            Stage::Ended => None,
        }
    }

    pub(in crate::transport) fn out(&self) -> &Outbox {
        &self.out
    }

    pub(in crate::transport) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Ended)
    }

    /// Tells the socket its end, if it has not been told.
    pub(in crate::transport) fn terminate(&mut self, reason: Reason) {
        let stage = self.take();
        if matches!(stage, Stage::Ended) {
            return;
        }
        let socket_name = self.out.link().socket();
        log::closed(socket_name, &reason);
        let end = || match stage {
            Stage::Begun(socket) => socket.terminate(reason),
            Stage::Fresh(_) | Stage::Ended => {}
        };
        if let Err(panic) = self.out.link().watched().call(Callback::Terminate, end) {
            tracing::error!(socket = socket_name, "terminate panicked: {panic}");
        }
    }

    fn take(&mut self) -> Stage<S> {
        std::mem::replace(&mut self.stage, Stage::Ended)
    }
}

impl<S: Socket> Drop for Guarded<S> {
    fn drop(&mut self) {
        if self.is_open() {
            let reason = self.out.link().ending();
            self.terminate(reason);
        }
    }
}
