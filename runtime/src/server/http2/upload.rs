//! A request's body as it arrives, with a limit on how long the service may wait for it.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::super::clock::{BODY_STALL, body_limit};

pub(super) struct Upload {
    body: Incoming,
    progress: Arc<Mutex<Progress>>,
}

/// The progress of a body.
struct Progress {
    began: Instant,
    bytes: u64,
    /// When its reader began to wait for more.
    waiting: Option<Instant>,
}

fn locked(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress {
    /// When its reader will have waited too long; `None` if the reader does not wait.
    fn deadline(&self) -> Option<Instant> {
        let total = self.began.checked_add(body_limit(self.bytes));
        let stall = self.waiting? + BODY_STALL;
        Some(total.map_or(stall, |total| total.min(stall)))
    }
}

impl Upload {
    pub(super) fn new(body: Incoming) -> Self {
        let progress = Progress {
            began: Instant::now(),
            bytes: 0,
            waiting: None,
        };
        Upload {
            body,
            progress: Arc::new(Mutex::new(progress)),
        }
    }

    pub(super) fn late(&self) -> Late {
        Late {
            progress: self.progress.clone(),
            sleep: None,
        }
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let frame = Pin::new(&mut this.body).poll_frame(cx);
        let mut progress = locked(&this.progress);
        match &frame {
            Poll::Pending => {
                progress.waiting.get_or_insert_with(Instant::now);
            }
            Poll::Ready(frame) => {
                progress.waiting = None;
                if let Some(Ok(frame)) = frame {
                    progress.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                }
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        locked(&self.progress).waiting = None;
    }
}

/// Ready when the body's reader has waited too long.
///
/// If the reader is in another task, this is noticed up to [`BODY_STALL`] late.
pub(super) struct Late {
    progress: Arc<Mutex<Progress>>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Late {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let now = Instant::now();
            let deadline = locked(&self.progress).deadline();
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Poll::Ready(());
            }
            let look = deadline.unwrap_or(now + BODY_STALL);
            let sleep = match &mut self.sleep {
                Some(sleep) => {
                    if deadline.is_some() || sleep.is_elapsed() {
                        sleep.as_mut().reset(look);
                    }
                    sleep
                }
                None => self.sleep.insert(Box::pin(sleep_until(look))),
            };
            ready!(sleep.as_mut().poll(cx));
        }
    }
}
