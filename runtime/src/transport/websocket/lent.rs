//! What a worker lends to the connection that it polls.

use std::cell::Cell;

use bytes::BytesMut;

use super::{cork::Cork, spare::Spares};

/// Bytes read at once.
const SCRATCH: usize = 64 * 1024;

thread_local! {
    static LENT: Cell<Option<Box<Lent>>> = const { Cell::new(None) };
}

/// What a worker lends to the connection that it polls.
pub(super) struct Lent {
    /// For what is read.
    pub(super) read: Box<[u8]>,
    /// For short messages.
    pub(super) block: BytesMut,
    /// For what callbacks push.
    pub(super) write: Option<Box<Cork>>,
    /// For callbacks.
    pub(super) spares: Spares,
}

impl Lent {
    #[cold]
    fn new() -> Box<Self> {
        Box::new(Lent {
            read: vec![0; SCRATCH].into(),
            block: BytesMut::new(),
            write: None,
            spares: Spares::default(),
        })
    }
}

/// A connection that is polled inside another one's callback is lent things of its own.
pub(super) fn lent<T>(use_it: impl FnOnce(&mut Lent) -> T) -> T {
    let mut lent = LENT.take().unwrap_or_else(Lent::new);
    let result = use_it(&mut lent);
    if lent.write.as_ref().is_some_and(|cork| !cork.is_kept()) {
        lent.write = None;
    }
    LENT.set(Some(lent));
    result
}
