//! A message of another node.

use std::{borrow::Cow, fmt};

use super::{
    jason::json,
    structs,
    wire::{BROADCAST, JSON, LONGEST_NAME, PRESENCE_DIFF, TRACKERS, Wire},
};
use crate::{
    message::{EncodeError, Text},
    pubsub::{broadcast::Broadcast, payload::Payload},
    term::{Limits, Reader, Term, Unreadable, plain},
};

/// A message whose topic has been read, and nothing behind it: most nodes have no subscriber of
/// most topics.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    topic: String,
    bytes: Cow<'a, [u8]>,
    /// Where the message begins.
    at: usize,
    limits: Limits,
    most_json: usize,
}

/// Why a message is not for this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ignored {
    /// This node sent it.
    Own,
    /// It is for another node alone.
    Elsewhere,
    /// A presence of Phoenix's tells its other nodes.
    Presence,
    /// It is not of this format, or of another version.
    Foreign,
    /// It is no broadcast, but a term for processes of the application.
    Other,
    /// Its topic is no text, so that nobody can have subscribed to it.
    Topic,
    /// It is too large, too deep, or no term.
    Unreadable(Unreadable),
    /// It has no form for clients.
    Unencodable(EncodeError),
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ignored::Own => "this node sent it",
            Ignored::Elsewhere => "it is for another node",
            Ignored::Presence => "it is about a presence of other nodes",
            Ignored::Foreign => "it is no message of Phoenix.PubSub.Redis 3",
            Ignored::Other => "it is no broadcast",
            Ignored::Topic => "its topic is no text",
            Ignored::Unreadable(Unreadable::Malformed) => "it is no term",
            Ignored::Unreadable(Unreadable::Unknown(_)) => "it has a term of an unknown kind",
            Ignored::Unreadable(Unreadable::Deep) => "it is nested too deeply",
            Ignored::Unreadable(Unreadable::Large) => "it is too large",
            Ignored::Unencodable(error) => return error.fmt(f),
        })
    }
}

impl From<Unreadable> for Ignored {
    fn from(reason: Unreadable) -> Self {
        Ignored::Unreadable(reason)
    }
}

impl From<EncodeError> for Ignored {
    fn from(error: EncodeError) -> Self {
        Ignored::Unencodable(error)
    }
}

impl Wire {
    /// Reads whom a message is for, and its topic.
    pub(crate) fn open<'a>(&self, message: &'a [u8]) -> Result<Envelope<'a>, Ignored> {
        if message.len() > self.most {
            return Err(Unreadable::Large.into());
        }
        let limits = self.limits();
        let bytes = plain(message, &limits)?;
        let mut reader = Reader::new(&bytes, limits);
        if reader.tuple()? != Some(6) || reader.term()? != Term::Int(3) {
            return Err(Ignored::Foreign);
        }
        let (mode, node) = (reader.term()?, reader.term()?);
        let own = node.is_atom(&self.node);
        if mode.is_atom("except") {
            if own {
                return Err(Ignored::Own);
            }
        } else if !mode.is_atom("only") {
            return Err(Ignored::Foreign);
        } else if !own {
            return Err(Ignored::Elsewhere);
        }
        let topic = match reader.term()? {
            Term::Binary(topic) => String::from_utf8(topic).map_err(|_| Ignored::Topic)?,
            _ => return Err(Ignored::Topic),
        };
        if topic.starts_with(TRACKERS) {
            return Err(Ignored::Presence);
        }
        let at = bytes.len() - reader.rest().len();
        Ok(Envelope {
            topic,
            bytes,
            at,
            limits,
            most_json: self.most.saturating_mul(JSON),
        })
    }
}

impl Envelope<'_> {
    /// The topic that it was published to.
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    /// Reads the message, if it is a broadcast.
    pub(crate) fn read(&self) -> Result<Broadcast, Ignored> {
        let bytes = self.bytes.get(self.at..).unwrap_or_default();
        let mut reader = Reader::new(bytes, self.limits);
        let message = reader.term()?;
        match reader.term()? {
            Term::Atom(dispatcher) if dispatcher != "nil" => {}
            _ => return Err(Ignored::Foreign),
        }
        match message {
            Term::Map(fields) if structs::name(&fields) == Some(BROADCAST) => {
                self.broadcast(fields)
            }
            _ => Err(Ignored::Other),
        }
    }

    fn broadcast(&self, fields: Vec<(Term, Term)>) -> Result<Broadcast, Ignored> {
        let Named {
            topic,
            event,
            payload,
        } = Named::of(fields);
        let event = name(event.as_ref())?.ok_or(EncodeError::new("it has no event"))?;
        if event == PRESENCE_DIFF {
            return Err(Ignored::Presence);
        }
        // Clients get the topic that they have joined, whatever the broadcast says of its own.
        name(topic.as_ref())?;
        let topic = &*self.topic;
        let payload = self.payload(payload)?;
        if matches!(payload, Payload::Binary(_)) && topic.len().max(event.len()) > LONGEST_NAME {
            return Err(EncodeError::new("a name is too long for a broadcast of bytes").into());
        }
        Ok(Broadcast::new(topic, event, payload))
    }

    fn payload(&self, payload: Option<Term>) -> Result<Payload, EncodeError> {
        match payload {
            Some(Term::Map(pairs)) => match structs::name(&pairs) {
                None => {
                    let text = json(&Term::Map(pairs), self.most_json)?;
                    Ok(Payload::Json(Text::from(text)))
                }
                Some(_) => Err(EncodeError::new("its payload is a struct")),
            },
            Some(Term::Tuple(mut parts)) => match (parts.pop(), parts.pop(), parts.pop()) {
                (Some(Term::Binary(bytes)), Some(tag), None) if tag.is_atom("binary") => {
                    Ok(Payload::Binary(bytes.into()))
                }
                _ => Err(EncodeError::new("its payload is a tuple")),
            },
            Some(_) => Err(EncodeError::new("its payload is no map")),
            None => Err(EncodeError::new("it has no payload")),
        }
    }
}

/// The fields of a broadcast.
#[derive(Default)]
struct Named {
    topic: Option<Term>,
    event: Option<Term>,
    payload: Option<Term>,
}

impl Named {
    fn of(fields: Vec<(Term, Term)>) -> Self {
        let mut named = Named::default();
        for (key, value) in fields {
            let Term::Atom(key) = key else {
                continue;
            };
            match &*key {
                "topic" => named.topic = Some(value),
                "event" => named.event = Some(value),
                "payload" => named.payload = Some(value),
                _ => {}
            }
        }
        named
    }
}

/// A name as clients get it; `None` for `nil`.
fn name(term: Option<&Term>) -> Result<Option<&str>, EncodeError> {
    match term {
        None => Ok(None),
        Some(Term::Atom(name)) if matches!(&**name, "true" | "false") => {
            Err(EncodeError::new("its topic or event is no text"))
        }
        Some(Term::Atom(name)) => Ok((name != "nil").then_some(name)),
        Some(Term::Binary(bytes)) => match str::from_utf8(bytes) {
            Ok(name) => Ok(Some(name)),
            Err(_) => Err(EncodeError::new("its topic or event is not UTF-8")),
        },
        Some(_) => Err(EncodeError::new("its topic or event is no text")),
    }
}
