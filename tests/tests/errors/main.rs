//! Errors of the application: what clients are told, and what the log says.

mod channels;
mod connect;
mod init;
mod lints;
mod log;
mod payloads;
mod sockets;

use std::{error::Error, fmt, io};

use landfall::{
    pubsub::Payload,
    socket::{Flow, Refused, TellClient},
};

/// An error of the application. Clients are told of one of its cases.
#[derive(Debug)]
enum AppError {
    /// The client asked for a task that does not exist.
    NoSuchTask,
    /// Clients are not told of this.
    Store(io::Error),
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AppError::NoSuchTask => "no such task",
            AppError::Store(_) => "cannot read the store",
        })
    }
}

impl Error for AppError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            AppError::NoSuchTask => None,
            AppError::Store(error) => Some(error),
        }
    }
}

impl From<io::Error> for AppError {
    fn from(error: io::Error) -> Self {
        AppError::Store(error)
    }
}

impl TellClient for AppError {
    fn payload(&self) -> Option<Payload> {
        matches!(self, AppError::NoSuchTask).then(|| Payload::reason("no such task"))
    }

    fn refused(&self) -> Option<Refused> {
        matches!(self, AppError::NoSuchTask)
            .then(|| Refused::new().with_status(http::StatusCode::NOT_FOUND))
    }

    fn flow(&self) -> Option<Flow> {
        matches!(self, AppError::NoSuchTask).then(|| Flow::close(4004, "no such task"))
    }
}

fn down() -> io::Result<()> {
    Err(io::Error::other("database down"))
}

/// An error of another crate, with a cause.
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    down().map_err(AppError::from)?;
    Ok(())
}

fn any() -> anyhow::Result<()> {
    anyhow::Context::context(down(), "cannot find the user")
}
