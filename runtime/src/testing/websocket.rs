//! A WebSocket client. tungstenite is the protocol; this moves its bytes.

use std::{
    io::{self, Read, Write},
    sync::Arc,
    time::Duration,
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};
use tungstenite::{
    Error, Message as Frame, WebSocket,
    protocol::{CloseFrame, Role, frame::coding::CloseCode},
};

use super::pipe::{Closed, Order, Sink};
use crate::message::Message;

/// Most bytes of one read.
const SCRATCH: usize = 16 * 1024;

/// A heartbeat, and its interval.
pub(super) struct Heartbeat {
    pub(super) message: &'static str,
    pub(super) every: Duration,
}

/// Runs a connection past its handshake, to its end.
pub(super) async fn run(
    stream: impl AsyncRead + AsyncWrite,
    mut orders: mpsc::Receiver<Order>,
    sink: Arc<dyn Sink>,
    heartbeat: Option<Heartbeat>,
) -> Closed {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut connection = Connection::new(sink);
    let mut timer = heartbeat.as_ref().map(|heartbeat| timer(heartbeat.every));
    loop {
        if let Some(closed) = connection.receive() {
            return closed;
        }
        let Pipe {
            incoming,
            outgoing,
            ended,
        } = connection.websocket.get_mut();
        incoming.reserve(SCRATCH);
        tokio::select! {
            read = reader.read_buf(incoming) => *ended = !matches!(read, Ok(1..)),
            written = writer.write_buf(outgoing), if !outgoing.is_empty() => {
                if written.is_err() {
                    // The remaining input may say why.
                    outgoing.clear();
                }
            }
            order = orders.recv(), if outgoing.is_empty() => match order {
                Some(Order::Send(message)) => connection.send(message),
                Some(Order::Close) | None => connection.close(),
            },
            () = tick(&mut timer) => {
                connection.send(heartbeat.as_ref().map_or("", |heartbeat| heartbeat.message).into());
            }
        }
    }
}

fn timer(every: Duration) -> Interval {
    let mut timer = interval_at(Instant::now() + every, every);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
}

async fn tick(timer: &mut Option<Interval>) {
    match timer {
        Some(timer) => drop(timer.tick().await),
        None => std::future::pending().await,
    }
}

/// The protocol's state.
struct Connection {
    websocket: WebSocket<Pipe>,
    sink: Arc<dyn Sink>,
    /// The server's close frame.
    told: Option<Closed>,
}

impl Connection {
    fn new(sink: Arc<dyn Sink>) -> Self {
        let websocket = WebSocket::from_raw_socket(Pipe::default(), Role::Client, None);
        Connection {
            websocket,
            sink,
            told: None,
        }
    }

    /// Passes on what has been read, and answers pings and a close frame. Returns how the
    /// connection ended, if it has.
    fn receive(&mut self) -> Option<Closed> {
        loop {
            let message = match self.websocket.read() {
                Ok(Frame::Text(text)) => Message::from(text.as_str()),
                Ok(Frame::Binary(bytes)) => Message::Binary(bytes),
                Ok(Frame::Close(frame)) => {
                    self.told = Some(match frame {
                        Some(frame) => Closed::new(frame.code.into(), frame.reason.as_str()),
                        None => Closed::new(1005, ""),
                    });
                    continue;
                }
                Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_)) => continue,
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    return None;
                }
                Err(error) => {
                    return Some(
                        self.told
                            .take()
                            .unwrap_or_else(|| Closed::new(1006, error.to_string())),
                    );
                }
            };
            if let Err(error) = self.sink.message(message) {
                return Some(Closed::new(1006, error));
            }
        }
    }

    /// After a close frame nothing is sent any more.
    fn send(&mut self, message: Message) {
        let _ = self.websocket.send(match message {
            Message::Text(text) => Frame::text(text.as_str()),
            Message::Binary(bytes) => Frame::Binary(bytes),
        });
    }

    fn close(&mut self) {
        let _ = self.websocket.close(Some(CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        }));
    }
}

/// Bytes between the protocol and the stream.
#[derive(Default)]
struct Pipe {
    incoming: BytesMut,
    outgoing: BytesMut,
    ended: bool,
}

impl Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.incoming.is_empty() && !self.ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let length = buf.len().min(self.incoming.len());
        self.incoming.copy_to_slice(&mut buf[..length]);
        Ok(length)
    }
}

impl Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
