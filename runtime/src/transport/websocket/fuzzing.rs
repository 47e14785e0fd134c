//! What our own fuzzing reaches of WebSocket's parsers.
#![expect(
    missing_debug_implementations,
    missing_docs,
    reason = "nobody else should use it"
)]

use std::task::{Context, Poll, Waker};

use flate2::Decompress;
use http::{HeaderValue, request::Parts};

use super::{
    compression::Compression,
    deflate::{self, Deflate},
    handshake as upgrade,
    incoming::{Ending, Event as Arrival, Incoming, Limits, Unread},
    subprotocol,
};
use crate::{
    message::{Control, Message},
    socket::DeflateOptions,
};

/// What a client's bytes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Message(Message),
    Control(Control),
    Close { code: u16, text: String },
    Violation { code: u16, text: &'static str },
}

impl From<Ending> for Event {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Close { code, text } => Event::Close { code, text },
            Ending::Violation(violation) => Event::Violation {
                code: violation.code,
                text: violation.text,
            },
        }
    }
}

/// The reading side of a connection.
pub struct Frames {
    incoming: Incoming,
    limits: Limits,
    scratch: Vec<u8>,
    ended: bool,
}

impl Frames {
    /// With a header of extensions that is an acceptable offer of compression, or without.
    pub fn new(max_frame: usize, max_message: usize, extensions: Option<&'static str>) -> Self {
        let headers = extensions
            .map(|text| {
                (
                    http::header::SEC_WEBSOCKET_EXTENSIONS,
                    HeaderValue::from_static(text),
                )
            })
            .into_iter()
            .collect();
        let limits = Limits {
            max_frame,
            max_message,
            deflate: Deflate::negotiate(&headers, &DeflateOptions::DEFAULT),
        };
        Frames {
            incoming: Incoming::default(),
            limits,
            scratch: vec![0; 4096],
            ended: false,
        }
    }

    /// Reads these bytes, and says what they brought. After a close or a violation nothing is read.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let (mut cx, mut events) = (Context::from_waker(Waker::noop()), Vec::new());
        while (self.incoming.is_fresh() || !bytes.is_empty()) && !self.ended {
            let mut unread = match self.incoming.left() {
                Some(left) => left,
                None => {
                    let polled = self
                        .incoming
                        .poll_read(&mut cx, &mut bytes, &mut self.scratch);
                    let Poll::Ready(Ok(filled @ 1..)) = polled else {
                        unreachable!("there is something to read")
                    };
                    Unread::lent(&mut self.scratch[..filled])
                }
            };
            loop {
                match self.incoming.next(unread.parts(), &self.limits) {
                    Ok(Some(Arrival::Message(message))) => events.push(Event::Message(message)),
                    Ok(Some(Arrival::Control(control))) => events.push(Event::Control(control)),
                    Ok(None) => break self.incoming.keep(unread, false),
                    Err(ending) => {
                        self.ended = true;
                        break events.push(ending.into());
                    }
                }
                // As if a callback had not returned.
                if events.len() % 3 == 0 {
                    break self.incoming.keep(unread, true);
                }
            }
        }
        events
    }

    /// Memory that is held until more comes.
    pub fn held(&self) -> usize {
        self.incoming.held()
    }
}

/// Inflates a message, behind another one perhaps: what came out, and whether it was whole.
pub fn inflate(before: Option<&[u8]>, data: &[u8], limit: usize) -> (Vec<u8>, bool) {
    let (mut inflater, mut out) = (Decompress::new(false), Vec::new());
    if let Some(before) = before
        && deflate::inflate_into(&mut Vec::new(), &mut inflater, before, limit).is_err()
    {
        return (out, false);
    }
    let whole = deflate::inflate_into(&mut out, &mut inflater, data, limit).is_ok();
    (out, whole)
}

/// A message's data on the wire, unless it is better sent as it is.
pub fn deflate(payload: &[u8], window_bits: u8) -> Option<Vec<u8>> {
    let compression = Compression::new(window_bits, &DeflateOptions::DEFAULT);
    deflate::deflate(payload, compression)
}

/// What a server makes of an upgrade.
pub struct Handshake {
    /// `sec-websocket-accept`.
    pub accept: Option<HeaderValue>,
    /// The subprotocol and the bearer token; `None` if nothing was agreed on.
    pub agreed: Option<(Option<&'static str>, Option<String>)>,
    /// `sec-websocket-extensions`.
    pub extensions: Option<HeaderValue>,
}

pub fn handshake(
    parts: &Parts,
    ours: Option<&'static [&'static str]>,
    auth_token: bool,
) -> Handshake {
    let agreed = subprotocol::agree(&parts.headers, ours, auth_token).ok();
    Handshake {
        accept: upgrade::check_upgrade(parts).ok(),
        agreed: agreed.map(|agreed| (agreed.subprotocol, agreed.auth_token)),
        extensions: Deflate::negotiate(&parts.headers, &DeflateOptions::DEFAULT)
            .map(|deflate| deflate.header()),
    }
}
