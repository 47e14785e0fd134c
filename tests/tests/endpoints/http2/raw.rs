//! A client that writes frames by hand, valid or not.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::timeout,
};

use landfall_tests::wire::PATIENCE;
pub(crate) use landfall_tests::wire::http2::*;

/// A frame that has come.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

pub(crate) struct Raw(pub(crate) DuplexStream);

impl Raw {
    /// Sends the preface and empty settings.
    pub(crate) async fn begin(stream: DuplexStream) -> Self {
        let mut raw = Raw(stream);
        raw.write(PREFACE).await;
        raw.send(SETTINGS, 0, 0, &[]).await;
        raw
    }

    /// Writes bytes. Returns true if the server still reads.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> bool {
        matches!(timeout(PATIENCE, self.0.write_all(bytes)).await, Ok(Ok(())))
    }

    pub(crate) async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        self.write(&frame(kind, flags, stream, payload)).await
    }

    /// The next frame; `None` if the connection has ended.
    pub(crate) async fn hear(&mut self) -> Option<Heard> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(Heard {
            kind,
            flags,
            stream: u32::from_be_bytes(stream),
            payload,
        })
    }

    /// Reads until there is a frame of this kind.
    pub(crate) async fn hear_of(&mut self, kind: u8) -> Option<Heard> {
        loop {
            let heard = self.hear().await?;
            if heard.kind == kind && !(kind == SETTINGS && heard.flags & ACK != 0) {
                return Some(heard);
            }
        }
    }

    /// Reads until the connection ends.
    pub(crate) async fn rest(&mut self) {
        while self.hear().await.is_some() {}
    }
}
