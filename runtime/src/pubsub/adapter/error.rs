//! What an adapter could not do.

use std::fmt;

/// Why an adapter did not connect. The text says more; it never holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectError {
    /// The broker cannot be reached. Trying again may help.
    Unreachable(String),
    /// The broker refuses the node, for example because of a wrong password, or an option is wrong.
    /// Trying again does not help.
    Refused(String),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::Unreachable(why) => write!(f, "the broker cannot be reached: {why}"),
            ConnectError::Refused(why) => write!(f, "the broker refuses this node: {why}"),
        }
    }
}

impl std::error::Error for ConnectError {}

/// Messages may not have reached the broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwritten;

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("messages may not have reached the broker")
    }
}

impl std::error::Error for Unwritten {}
