//! What the command line says.

use std::ffi::OsString;

use lexopt::{
    Arg::{Long, Short, Value},
    Error, Parser, ValueExt,
};

#[cfg(feature = "cert")]
use super::cert::Cert;
use super::{name::Name, piece::Piece};

/// What `landfall gen` makes.
pub(crate) enum Options {
    Secret,
    Piece(Piece),
    #[cfg(feature = "cert")]
    Cert(Cert),
    #[cfg(not(feature = "cert"))]
    Cert,
}

/// The arguments of what is made, as they come.
#[derive(Default)]
struct Given {
    names: Vec<String>,
    channel: Option<String>,
    socket: Option<String>,
    #[cfg_attr(not(feature = "cert"), expect(dead_code, reason = "of certificates"))]
    output: Option<OsString>,
}

impl Options {
    /// `None` if help is asked for.
    pub(crate) fn read(mut parser: Parser) -> Result<Option<Self>, Error> {
        let kind = match parser.next()? {
            None | Some(Short('h') | Long("help")) => return Ok(None),
            Some(Value(kind)) => kind.string()?,
            Some(other) => return Err(other.unexpected()),
        };
        if !["secret", "socket", "channel", "presence", "cert"].contains(&&*kind) {
            return Err(format!(
                "`{kind}` is nothing that is made; help: there are secret, socket, channel, presence and cert"
            )
            .into());
        }
        let Some(given) = Given::read(parser, &kind)? else {
            return Ok(None);
        };
        given.options(&kind).map(Some)
    }
}

impl Given {
    fn read(mut parser: Parser, kind: &str) -> Result<Option<Self>, Error> {
        let mut given = Given::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("channel") if kind == "socket" => {
                    given.channel = Some(parser.value()?.string()?);
                }
                Long("socket") if kind == "channel" => {
                    given.socket = Some(parser.value()?.string()?);
                }
                Short('o') | Long("output") if kind == "cert" => {
                    given.output = Some(parser.value()?);
                }
                Value(name) if given.names.is_empty() && kind != "secret" || kind == "cert" => {
                    given.names.push(name.string()?);
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(given))
    }

    fn options(self, kind: &str) -> Result<Options, Error> {
        let name = |suffix: &str, example: &str| {
            let Some(name) = self.names.first() else {
                return Err(format!(
                    "a {kind} needs a name; help: `landfall gen {kind} {example}`"
                ));
            };
            Name::new(name, suffix)
        };
        Ok(Options::Piece(match kind {
            "secret" => return Ok(Options::Secret),
            #[cfg(feature = "cert")]
            "cert" => return Ok(Options::Cert(Cert::new(self.names, self.output))),
            #[cfg(not(feature = "cert"))]
            "cert" => return Ok(Options::Cert),
            "socket" => Piece::Socket {
                name: name("Socket", "Admin")?,
                channel: self
                    .channel
                    .map(|name| Name::new(&name, "Channel"))
                    .transpose()?,
            },
            "channel" => Piece::Channel {
                name: name("Channel", "Game")?,
                socket: Name::new(self.socket.as_deref().unwrap_or("User"), "Socket")?,
            },
            _ => Piece::Presence {
                name: match self.names.is_empty() {
                    true => Name::new("Presence", "")?,
                    false => name("", "")?,
                },
            },
        }))
    }
}
