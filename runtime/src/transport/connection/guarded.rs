//! A socket owned by a connection: `terminate` is called, however the connection ends.

use crate::{
    socket::{Outbox, Reason, Socket},
    telemetry::{Timed, meters},
    transport::log,
    watchdog::Callback,
};

/// A socket and its outbox.
///
/// Once `init` has begun, `terminate` is called exactly once: by [`terminate`](Guarded::terminate),
/// or when this is dropped. Dropping the future of a callback that owns this drops it too.
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

    /// The arguments of `init`; `None` if it was called before. From here on, `terminate` is due.
    pub(in crate::transport) fn begin(&mut self) -> Option<(&mut S, &mut Outbox)> {
        match self.take() {
            Stage::Fresh(socket) => self.stage = Stage::Begun(socket),
            later => {
                self.stage = later;
                return None;
            }
        }
        self.parts()
    }

    /// The arguments of callbacks; `None` after the end.
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

    /// Calls `terminate`, unless it was called before.
    pub(in crate::transport) fn terminate(&mut self, reason: Reason) {
        let stage = self.take();
        if matches!(stage, Stage::Ended) {
            return;
        }
        let socket_name = self.out.link().socket();
        log::closed(socket_name, &reason);
        let (label, code) = log::label(&reason);
        meters::ended(self.out.handle().name(), socket_name, label, code);
        let end = || match stage {
            Stage::Begun(socket) => socket.terminate(reason),
            Stage::Fresh(_) | Stage::Ended => {}
        };
        let timed = Timed::begin();
        let ended = self.out.link().watched().call(Callback::Terminate, end);
        self.out.link().called(Callback::Terminate, timed);
        if let Err(panic) = ended {
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
