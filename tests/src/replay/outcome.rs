//! The outcome of an exchange: recorded, wanted, or played.

use std::time::Duration;

use crate::wire::Frame;

/// Headers of every response of an endpoint, unless the application sets others.
pub(super) const NOT_CACHED: (&str, &str) =
    ("cache-control", "max-age=0, private, must-revalidate");

/// What a client received, and what the socket was told at its end.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The status; 0 when no response came.
    pub status: u16,
    /// The headers, as they came.
    pub headers: Vec<(String, String)>,
    /// The body; `None` when any will do. Without a response, the bytes that came, in hexadecimal.
    pub body: Option<String>,
    /// How long the response took; `None` when not asked.
    pub took: Option<Duration>,
    /// The HTTP connection after the response; `None` when not asked.
    pub after: Option<End>,
    /// The server's frames.
    pub frames: Vec<Frame>,
    /// The WebSocket after the last frame; `None` when not asked.
    pub end: Option<End>,
    /// How long the WebSocket lasted after the client's last frame; `None` when not asked.
    pub lasted: Option<Duration>,
    /// What `terminate` was told, an entry for each call; `None` when not asked.
    pub terminate: Option<Vec<String>>,
    /// The client's port, which `peer_data` has to name.
    pub client_port: u16,
    /// The server's port.
    pub server_port: u16,
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It still serves.
    Open,
    /// The server ended it.
    Closed,
    /// It neither answers nor ends.
    Silent,
}

impl Outcome {
    /// Nothing came.
    pub fn nothing() -> Self {
        Outcome {
            status: 0,
            headers: Vec::new(),
            body: None,
            took: None,
            after: None,
            frames: Vec::new(),
            end: None,
            lasted: None,
            terminate: None,
            client_port: 0,
            server_port: 0,
        }
    }

    /// A refusal over HTTP, in place of a WebSocket.
    pub fn refuse(&mut self, status: u16, body: Option<&str>) {
        *self = Outcome {
            status,
            headers: vec![(NOT_CACHED.0.to_owned(), NOT_CACHED.1.to_owned())],
            body: body.map(str::to_owned),
            after: Some(End::Open),
            terminate: self.terminate.is_some().then(Vec::new),
            ..Outcome::nothing()
        };
    }

    /// The server ends the WebSocket by a close frame, after the frames that are there already.
    pub fn close(&mut self, code: u16, told: &str) {
        self.frames.retain(|frame| frame.opcode != 8);
        self.frames.push(Frame {
            masked: false,
            ..Frame::close(code, b"")
        });
        self.end = Some(End::Closed);
        if self.terminate.is_some() {
            self.terminate = Some(vec![told.to_owned()]);
        }
    }

    /// The first value of that header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The code of the close frame, if there is one.
    pub fn close_code(&self) -> Option<u16> {
        self.frames.iter().find_map(Frame::close_code)
    }
}
