//! What can go wrong when an endpoint starts and runs.

use std::{error::Error as StdError, fmt, io};

use crate::{causes, config::ConfigErrors};

/// Any error, as it comes out of services and bodies.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why an endpoint did not start, or stopped by itself.
///
/// [`Display`](fmt::Display) prints this level only; [`source`](StdError::source) has the cause.
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Config(ConfigErrors),
    Listen(Vec<Unbound>),
    Child {
        socket: &'static str,
        child: &'static str,
    },
    Drain {
        connections: usize,
    },
    Signal(io::Error),
    Broker {
        broker: String,
        source: BoxError,
    },
    NoRuntime,
}

/// Where a listener could not be opened, and why.
#[derive(Debug)]
pub(crate) struct Unbound {
    pub(crate) address: String,
    pub(crate) source: io::Error,
    /// What helps, if that is known.
    pub(crate) help: Option<String>,
}

impl Error {
    /// At least one address.
    pub(crate) fn listen(failed: Vec<Unbound>) -> Self {
        Error(Box::new(Kind::Listen(failed)))
    }

    pub(crate) fn child(socket: &'static str, child: &'static str) -> Self {
        Error(Box::new(Kind::Child { socket, child }))
    }

    pub(crate) fn drain(connections: usize) -> Self {
        Error(Box::new(Kind::Drain { connections }))
    }

    pub(crate) fn signal(source: io::Error) -> Self {
        Error(Box::new(Kind::Signal(source)))
    }

    pub(crate) fn broker(broker: &str, source: impl Into<BoxError>) -> Self {
        let (broker, source) = (broker.to_owned(), source.into());
        Error(Box::new(Kind::Broker { broker, source }))
    }

    pub(crate) fn no_runtime() -> Self {
        Error(Box::new(Kind::NoRuntime))
    }

    /// The start was polled outside a tokio runtime.
    pub fn is_no_runtime(&self) -> bool {
        matches!(*self.0, Kind::NoRuntime)
    }

    /// The configuration is wrong; [`config_errors`](Error::config_errors) lists every finding.
    pub fn is_config(&self) -> bool {
        matches!(*self.0, Kind::Config(_))
    }

    /// A listener could not be opened: the port is in use, say.
    pub fn is_listen(&self) -> bool {
        matches!(*self.0, Kind::Listen(_))
    }

    /// A socket's child panicked too often.
    pub fn is_child(&self) -> bool {
        matches!(*self.0, Kind::Child { .. })
    }

    /// Shutdown took too long and connections were cut off: some of what they had in flight was
    /// lost.
    pub fn is_drain(&self) -> bool {
        matches!(*self.0, Kind::Drain { .. })
    }

    /// The broker of `pubsub(..)` cannot be reached, refuses the node, or knows a node of the same
    /// name.
    pub fn is_broker(&self) -> bool {
        matches!(*self.0, Kind::Broker { .. })
    }

    /// Every finding about the configuration, if that is what went wrong.
    pub fn config_errors(&self) -> Option<&ConfigErrors> {
        match &*self.0 {
            Kind::Config(errors) => Some(errors),
            _ => None,
        }
    }
}

impl From<ConfigErrors> for Error {
    fn from(errors: ConfigErrors) -> Self {
        Error(Box::new(Kind::Config(errors)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Config(errors) => errors.fmt(f),
            Kind::Listen(failed) => match &failed[..] {
                [Unbound { address, .. }] => write!(f, "cannot listen on {address}"),
                // The source is one of them only.
                failed => {
                    f.write_str("cannot listen")?;
                    let one = |Unbound {
                                   address, source, ..
                               }: &Unbound| {
                        write!(f, "\n  on {address}: {source}")
                    };
                    failed.iter().try_for_each(one)
                }
            },
            Kind::Child { socket, child } => {
                write!(
                    f,
                    "child `{child}` of `{socket}` panicked more than 3 times in 5 seconds"
                )
            }
            Kind::Drain { connections } => {
                write!(
                    f,
                    "{connections} connections were cut off: they did not end within the shutdown time"
                )
            }
            Kind::Signal(_) => f.write_str("cannot wait for signals"),
            Kind::Broker { broker, .. } => write!(f, "cannot join the other nodes by {broker}"),
            Kind::NoRuntime => f.write_str(
                "an endpoint cannot start outside a tokio runtime\n  \
                 help: await the start under `#[tokio::main]`, or inside `Runtime::block_on`",
            ),
        }
    }
}

/// `main` prints errors by `Debug`, for a person to read: so it is what `Display` says, with the
/// causes.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        for cause in causes::chain(self).skip(1) {
            write!(f, ": {cause}")?;
        }
        if let Kind::Listen(failed) = &*self.0 {
            let helped = failed.iter().filter_map(|unbound| unbound.help.as_ref());
            helped
                .into_iter()
                .try_for_each(|help| write!(f, "\n  help: {help}"))?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            Kind::Signal(source) => Some(source),
            Kind::Broker { source, .. } => Some(&**source),
            Kind::Listen(failed) => match &failed[..] {
                [Unbound { source, .. }] => Some(source),
                _ => None,
            },
            Kind::Config(_) | Kind::Child { .. } | Kind::Drain { .. } | Kind::NoRuntime => None,
        }
    }
}
