//! The buffers that a worker thread lends to its connections.

use std::cell::Cell;

/// The maximum number of bytes to read at a time: several records of the maximum size.
const READ: usize = 64 * 1024;
/// The maximum number of bytes to encrypt at a time.
pub(super) const WRITE: usize = 64 * 1024;
/// Room for that many bytes, with what records add to them.
const ROOM: usize = WRITE + 1024;

thread_local! {
    /// The buffer that this worker thread lends to the connection that reads or writes.
    static LENT: Cell<Option<Box<Lent>>> = const { Cell::new(None) };
}

pub(super) struct Lent {
    pub(super) read: Box<[u8]>,
    pub(super) gathered: Vec<u8>,
    pub(super) sealed: Vec<u8>,
}

pub(super) fn lent<T>(use_them: impl FnOnce(&mut Lent) -> T) -> T {
    let fresh = || {
        let (read, sealed) = (vec![0; READ].into(), vec![0; ROOM]);
        Box::new(Lent {
            read,
            gathered: Vec::new(),
            sealed,
        })
    };
    let mut buffers = LENT.take().unwrap_or_else(fresh);
    let result = use_them(&mut buffers);
    LENT.set(Some(buffers));
    result
}
