//! How much of a request is read at most.

/// Limits of a head, and of the trailers of a chunked body. They equal those of hyper, so that both
/// reject the same.
#[derive(Clone, Copy, Debug)]
pub(in crate::server) struct Limits {
    pub(in crate::server) headers: usize,
    pub(in crate::server) bytes: usize,
}
