//! Futures of callbacks.

/// The future of a callback. Its task moves between worker threads, so it must be `Send`: an error
/// about it is told here and nowhere else. It is given back as it came, because each type that hides
/// it would be proved `Send` once more.
#[inline]
pub fn callback_is_send<F: Future + Send>(callback: F) -> F {
    callback
}
