//! What a client and its pushes share.

use std::{panic::AssertUnwindSafe, sync::Arc};

use super::{pipe::Pipe, router::Router};
use crate::handle::Handle;

#[derive(Debug)]
pub(super) struct Connected {
    pub(super) router: Arc<Router>,
    pub(super) pipe: Pipe,
    /// Tests may catch panics around it.
    pub(super) handle: AssertUnwindSafe<Handle>,
}
