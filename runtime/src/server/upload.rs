//! A request's body as it arrives, with a limit on how long its reader may wait for it.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;

use super::watch::Watch;

pub(super) struct Upload {
    body: Incoming,
    watch: Arc<Watch>,
    since: u64,
    bytes: u64,
    waiting: bool,
}

impl Upload {
    pub(super) fn new(body: Incoming, watch: Arc<Watch>) -> Self {
        Upload {
            body,
            since: watch.now(),
            watch,
            bytes: 0,
            waiting: false,
        }
    }

    fn arrived(&mut self) {
        if std::mem::take(&mut self.waiting) {
            self.watch.body_arrived();
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
        match &frame {
            Poll::Pending if this.waiting => {}
            Poll::Pending => {
                this.waiting = true;
                this.watch.body_awaited(this.since, this.bytes);
            }
            Poll::Ready(frame) => {
                match frame {
                    Some(Ok(frame)) => {
                        this.bytes += frame.data_ref().map_or(0, |data| data.len() as u64)
                    }
                    Some(Err(_)) => this.watch.spoil(),
                    None => {}
                }
                this.arrived();
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
        self.arrived();
        if !self.body.is_end_stream() {
            self.watch.leave_unread();
        }
    }
}
