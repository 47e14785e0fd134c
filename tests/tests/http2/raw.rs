//! A client that writes frames by hand, valid or not.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::timeout,
};

use landfall_tests::wire::PATIENCE;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// `GET /` of `localhost`, from HPACK's static table.
pub(crate) const GET: &[u8] = b"\x82\x86\x84\x41\x09localhost";
/// `POST /upload` of `localhost`.
pub(crate) const UPLOAD: &[u8] = b"\x83\x86\x44\x07/upload\x41\x09localhost";
/// `GET /never` of `localhost`.
pub(crate) const NEVER: &[u8] = b"\x82\x86\x44\x06/never\x41\x09localhost";
/// `GET /large` of `localhost`.
pub(crate) const LARGE: &[u8] = b"\x82\x86\x44\x06/large\x41\x09localhost";

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The bytes of a frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

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
