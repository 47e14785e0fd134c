//! A hostile client.

use std::{io, net::SocketAddr, pin::pin, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

/// A server that takes nothing for this time has stopped reading.
const STALL: Duration = Duration::from_millis(300);
/// A server whose answers are read may work for longer.
const WORK: Duration = Duration::from_secs(3);
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most bytes of one read.
const SCRATCH: usize = 4 * 1024;

/// A connection that keeps nothing of what it reads, and sends from its owner's memory. The memory
/// that the process gains is then the server's.
#[derive(Debug)]
pub struct Attacker {
    stream: TcpStream,
    scratch: Box<[u8]>,
    stall: Duration,
}

/// The result of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The server, or the network, has all of it.
    All,
    /// The server has stopped reading.
    Stalled,
    /// The server has ended the connection.
    Closed,
}

impl Attacker {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Attacker {
            stream,
            scratch: vec![0; SCRATCH].into(),
            stall: STALL,
        })
    }

    /// Sets the time after which the server counts as one that has stopped reading. Default 300 ms.
    /// A client on the server's thread needs less.
    pub fn stalls_after(self, stall: Duration) -> Self {
        Attacker { stall, ..self }
    }

    /// Opens a WebSocket, with permessage-deflate or without.
    ///
    /// # Errors
    /// When the handshake is not answered by 101.
    pub async fn websocket(address: SocketAddr, target: &str, compress: bool) -> io::Result<Self> {
        let mut attacker = Attacker::open(address).await?;
        let extension = if compress {
            "sec-websocket-extensions: permessage-deflate\r\n"
        } else {
            ""
        };
        let head = format!(
            "GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extension}\r\n"
        );
        let answer = attacker.ask(head.as_bytes()).await?;
        match answer.contains(" 101 ") {
            true => Ok(attacker),
            false => Err(io::Error::other(
                answer.lines().next().unwrap_or_default().to_owned(),
            )),
        }
    }

    /// Sends a request, and returns what one read brings of the answer.
    ///
    /// # Errors
    /// When none comes.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<String> {
        timeout(PATIENCE, self.stream.write_all(request)).await??;
        self.answer().await
    }

    /// Returns what one read brings.
    ///
    /// # Errors
    /// When nothing comes.
    pub async fn answer(&mut self) -> io::Result<String> {
        let count = timeout(PATIENCE, self.stream.read(&mut self.scratch)).await??;
        match count {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(String::from_utf8_lossy(&self.scratch[..count]).into_owned()),
        }
    }

    /// Sends as much as the server reads.
    pub async fn send(&mut self, bytes: &[u8]) -> Sent {
        let mut rest = bytes;
        while !rest.is_empty() {
            match timeout(self.stall, self.stream.write(rest)).await {
                Err(_) => return Sent::Stalled,
                Ok(Err(_) | Ok(0)) => return Sent::Closed,
                Ok(Ok(count)) => rest = &rest[count..],
            }
        }
        Sent::All
    }

    /// Sends, and reads the answers meanwhile, so that the server never waits for its reader.
    pub async fn send_and_read(&mut self, bytes: &[u8]) -> Sent {
        let (mut reader, mut writer) = self.stream.split();
        let mut rest = bytes;
        // An answer does not show that the server reads. Only a write that succeeds does.
        let mut stalled = pin!(tokio::time::sleep(WORK));
        while !rest.is_empty() {
            tokio::select! {
                biased;
                read = reader.read(&mut self.scratch) => if !matches!(read, Ok(1..)) {
                    return Sent::Closed;
                },
                written = writer.write(rest) => match written {
                    Err(_) | Ok(0) => return Sent::Closed,
                    Ok(count) => {
                        rest = &rest[count..];
                        stalled.as_mut().reset(Instant::now() + WORK);
                    }
                },
                () = stalled.as_mut() => return Sent::Stalled,
            }
        }
        Sent::All
    }

    /// Sends the same N times, as much as the server reads.
    pub async fn send_times(&mut self, bytes: &[u8], times: usize) -> Sent {
        for _ in 0..times {
            match self.send(bytes).await {
                Sent::All => {}
                other => return other,
            }
        }
        Sent::All
    }

    /// Sends N bytes of one letter.
    pub async fn send_letters(&mut self, mut count: usize) -> Sent {
        static LETTERS: [u8; 64 * 1024] = [b'x'; 64 * 1024];

        while count > 0 {
            let part = count.min(LETTERS.len());
            match self.send(&LETTERS[..part]).await {
                Sent::All => count -= part,
                other => return other,
            }
        }
        Sent::All
    }

    /// Reads N bytes, or as many as arrive. Returns how many.
    pub async fn drink(&mut self, most: usize) -> usize {
        let mut total = 0;
        while total < most {
            let room = SCRATCH.min(most - total);
            match timeout(self.stall, self.stream.read(&mut self.scratch[..room])).await {
                Ok(Ok(count)) if count > 0 => total += count,
                _ => break,
            }
        }
        total
    }

    /// Ends the connection with a reset.
    pub fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}

/// The head of a client's frame. Its mask changes nothing, so that payloads go out as they are.
pub fn frame_head(is_final: bool, compressed: bool, opcode: u8, payload: usize) -> Vec<u8> {
    let mut head = vec![u8::from(is_final) << 7 | u8::from(compressed) << 6 | opcode];
    match payload {
        0..126 => head.push(0x80 | payload as u8),
        126..0x1_0000 => {
            head.push(0x80 | 126);
            head.extend((payload as u16).to_be_bytes());
        }
        _ => {
            head.push(0x80 | 127);
            head.extend((payload as u64).to_be_bytes());
        }
    }
    head.extend([0; 4]);
    head
}
