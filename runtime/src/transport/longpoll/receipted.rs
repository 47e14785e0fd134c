//! An answer to a poll, on its way to the client.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::session::Receipt;
use crate::error::BoxError;

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
