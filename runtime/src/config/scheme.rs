//! The scheme of a URL.

use std::fmt;

use super::ConfigError;

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// `"http"` or `"https"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that URLs of this scheme leave out.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(super) fn parse(text: &str) -> Result<Scheme, ConfigError> {
    let help = match text {
        "http" => return Ok(Scheme::Http),
        "https" => return Ok(Scheme::Https),
        "ws" => "clients derive `ws` from `http`",
        "wss" => "clients derive `wss` from `https`",
        "htps" | "htpps" | "httsp" | "HTTPS" => "did you mean `\"https\"`?",
        "htp" | "htttp" | "HTTP" => "did you mean `\"http\"`?",
        _ => "write `scheme = \"https\"`",
    };
    Err(ConfigError::new(format!("`scheme` is `\"http\"` or `\"https\"`, not `{text:?}`")).help(help))
}
