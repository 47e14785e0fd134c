//! Futures of callbacks.

/// The future of a callback. Its task moves between worker threads, so it must be `Send`; what is
/// returned says so itself, and an error about it is told here and nowhere else.
#[inline]
pub fn callback_is_send<T>(
    callback: impl Future<Output = T> + Send,
) -> impl Future<Output = T> + Send {
    callback
}
