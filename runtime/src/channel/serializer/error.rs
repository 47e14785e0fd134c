//! What a serializer can neither read nor write.

use std::{borrow::Cow, error::Error, fmt};

/// A client's message that is not of its format, with the reason. The reason quotes nothing of the
/// message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable(Cow<'static, str>);

impl Undecodable {
    /// With the reason, such as `"missing key `ref`"`.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Undecodable(reason.into())
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Undecodable {}
