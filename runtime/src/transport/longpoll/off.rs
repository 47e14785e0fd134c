//! Stands in for `longpoll` where the feature of that name is off: a start refuses the mounts that
//! ask for it.

use std::sync::Arc;

use super::erased::ErasedTransport;
use crate::socket::{LongPoll, Socket};

#[expect(clippy::extra_unused_type_parameters, reason = "the other one uses it")]
pub(super) fn erased<S: Socket>(_: &'static LongPoll) -> Option<Arc<dyn ErasedTransport>> {
    None
}
