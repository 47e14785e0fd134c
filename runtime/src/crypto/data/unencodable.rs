//! Why data cannot be carried.

use std::fmt;

use serde::ser;

/// The reason that data cannot be carried by a token or a cookie.
#[derive(Debug)]
pub struct Unencodable(String);

impl Unencodable {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Unencodable(text.into())
    }
}

impl fmt::Display for Unencodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unencodable {}

impl ser::Error for Unencodable {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Unencodable(text.to_string())
    }
}

impl serde::de::Error for Unencodable {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Unencodable(text.to_string())
    }
}
