//! Bytes that have come, and have not been taken apart yet.

/// Bytes that have come, and have not been taken apart yet.
pub(in crate::transport::websocket) struct Unread<'a> {
    pub(super) bytes: Held<'a>,
    /// So many of them have been taken apart.
    pub(super) at: usize,
}

/// Where they are held.
pub(super) enum Held<'a> {
    /// In the buffer that the worker lends.
    Lent(&'a mut [u8]),
    /// They are left of an earlier read.
    Kept(Vec<u8>),
}

impl<'a> Unread<'a> {
    pub(in crate::transport::websocket) fn lent(bytes: &'a mut [u8]) -> Self {
        Unread {
            bytes: Held::Lent(bytes),
            at: 0,
        }
    }

    /// All bytes, and how many of them have been taken apart.
    pub(in crate::transport::websocket) fn parts(&mut self) -> (&mut [u8], &mut usize) {
        let bytes = match &mut self.bytes {
            Held::Lent(bytes) => bytes,
            Held::Kept(bytes) => &mut bytes[..],
        };
        (bytes, &mut self.at)
    }
}
