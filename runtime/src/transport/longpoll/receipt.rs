//! Whether an answer could be written.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::{ledger::Bookmark, session::PollSession};
use crate::error::BoxError;

/// The content of an answer to a poll. If it is dropped before it is [`written`](Receipt::written),
/// the session sends it again.
pub(super) struct Receipt {
    session: Arc<PollSession>,
    mark: Bookmark,
    written: bool,
}

impl Receipt {
    pub(super) fn new(session: &Arc<PollSession>, mark: Bookmark) -> Self {
        Receipt {
            session: session.clone(),
            mark,
            written: false,
        }
    }

    pub(super) fn mark(&self) -> Bookmark {
        self.mark
    }

    pub(super) fn written(mut self) {
        self.written = true;
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.session.settle(self.mark, self.written);
    }
}

/// An answer to a poll, as a body. It counts as written once it is taken.
pub(super) struct Receipted {
    bytes: Bytes,
    receipt: Option<Receipt>,
}

impl Receipted {
    pub(super) fn new(bytes: Bytes, receipt: Receipt) -> Self {
        Receipted {
            bytes,
            receipt: Some(receipt),
        }
    }
}

impl HttpBody for Receipted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(receipt) = self.receipt.take() else {
            return Poll::Ready(None);
        };
        receipt.written();
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.receipt.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
