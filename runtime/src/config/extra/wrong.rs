//! What is wrong with a value of `extra(..)`. It names the key, but not the value, which may be a
//! secret.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use crate::{
    config::ConfigError,
    grammar::spelling::{did_you_mean, list},
};

/// An error, and its place.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The keys that lead to it, the innermost first.
    path: Vec<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    /// The type that the key takes, and that of the value.
    Kind(String, &'static str),
    /// The range of the key's number.
    Range(String),
    /// The number of elements that the list should have.
    Length(String),
    Missing(&'static str),
    Unknown(String, &'static [&'static str]),
    Variant(&'static [&'static str]),
    Twice(&'static str),
    /// The type's own message, which may quote the value.
    Custom(String),
}

impl Wrong {
    fn new(what: What) -> Self {
        Wrong {
            path: Vec::new(),
            what,
        }
    }

    pub(super) fn below(mut self, name: impl Into<String>) -> Self {
        self.path.push(name.into());
        self
    }

    /// The key, and the error about it.
    pub(super) fn at(self, root: &str) -> (String, ConfigError) {
        let key = self
            .path
            .iter()
            .rev()
            .fold(root.to_owned(), |mut key, name| {
                if !name.starts_with('[') {
                    key.push('.');
                }
                key.push_str(name);
                key
            });
        let shown = key.rsplit('.').next().unwrap_or_default();
        let error = match self.what {
            What::Kind(takes, kind) => {
                ConfigError::new(format!("`{shown}` takes {takes}, this is {kind}"))
            }
            What::Range(expected) => {
                ConfigError::new(format!("`{shown}` does not fit: it takes {expected}"))
            }
            What::Length(expected) => {
                ConfigError::new(format!("`{shown}` has another length: it takes {expected}"))
            }
            What::Missing(field) => ConfigError::new(format!("`{shown}` has no `{field}`")),
            What::Unknown(name, known) => {
                let error = ConfigError::new(format!("unknown key `{name}` in `{shown}`"));
                match did_you_mean(&name, known.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!(
                        "keys of `{shown}`: {}",
                        list(known.iter().copied())
                    )),
                }
            }
            What::Variant(known) => ConfigError::new(format!(
                "`{shown}` takes one of {}",
                list(known.iter().copied())
            )),
            What::Twice(field) => ConfigError::new(format!("`{shown}` has `{field}` twice")),
            What::Custom(text) => {
                ConfigError::new(format!("`{shown}` has a value that its type refuses"))
                    .caused_by(Refused(text))
            }
        };
        (key, error)
    }
}

/// A type's own message.
#[derive(Debug)]
struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting is of another type")
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: Display>(text: T) -> Self {
        Wrong::new(What::Custom(text.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Wrong::new(What::Kind(takes(expected), kind(&unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Wrong::new(match unexpected {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => {
                What::Range(expected.to_string())
            }
            other => What::Kind(takes(expected), kind(&other)),
        })
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Wrong::new(What::Length(expected.to_string()))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Wrong::new(What::Variant(expected))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Wrong::new(What::Unknown(field.to_owned(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Wrong::new(What::Missing(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Wrong::new(What::Twice(field))
    }
}

/// The name of a type in the words of all other keys, from that of serde.
fn takes(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let is_number = text
        .strip_prefix(['u', 'i', 'f'])
        .is_some_and(|bits| bits == "size" || bits.parse::<u8>().is_ok());
    match text.as_str() {
        _ if is_number => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        _ if text.starts_with("struct ") => "a table".to_owned(),
        _ => text,
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(true) => "`true`",
        Unexpected::Bool(false) => "`false`",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a number",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a table",
        _ => "a value of another kind",
    }
}
