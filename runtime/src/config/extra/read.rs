//! A value of `extra(..)` as a serde format. An error names the key, but not the value, which may
//! be a secret.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor, value::MapAccessDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use crate::{
    config::ConfigError,
    grammar::spelling::{did_you_mean, list},
};

/// Reads the value as the type that is asked for. With `is_text` it comes from the environment,
/// where numbers are text too.
pub(super) fn read<T: DeserializeOwned>(value: &Value, is_text: bool) -> Result<T, Wrong> {
    T::deserialize(Reader { value, is_text })
}

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

    fn below(mut self, name: impl Into<String>) -> Self {
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

#[derive(Clone, Copy)]
struct Reader<'de> {
    value: &'de Value,
    is_text: bool,
}

impl<'de> Reader<'de> {
    fn new(value: &'de Value) -> Self {
        Reader {
            value,
            is_text: false,
        }
    }

    /// The text, if numbers and booleans are read from it.
    fn text(&self) -> Option<Text<'de>> {
        let text = self.value.as_str().filter(|_| self.is_text)?;
        Some(Text(text))
    }
}

/// Reads numbers and booleans from text, if the value is text from the environment.
macro_rules! from_text {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.text() {
                Some(text) => text.$method(visitor),
                None => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if let Some(number) = number.as_u64() {
                    visitor.visit_u64(number)
                } else if let Some(number) = number.as_i64() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut left = Items {
                    items: items.iter(),
                    at: 0,
                };
                let read = visitor.visit_seq(&mut left)?;
                match left.items.len() {
                    0 => Ok(read),
                    _ => Err(Wrong::invalid_length(items.len(), &"fewer elements")),
                }
            }
            Value::Object(table) => visitor.visit_map(Entries::new(table)),
        }
    }

    from_text!(
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    );

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(table) => {
                visitor.visit_enum(MapAccessDeserializer::new(Entries::new(table)))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// Text that is parsed as the type that is asked for: from the environment, or the key of a map.
#[derive(Clone, Copy)]
struct Text<'de>(&'de str);

impl<'de> Text<'de> {
    fn parse<T: FromStr>(self) -> Option<T> {
        self.0.parse().ok()
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.parse() {
                Some(value) => visitor.$visit(value),
                None => visitor.visit_borrowed_str(self.0),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            "true" | "1" => visitor.visit_bool(true),
            "false" | "0" => visitor.visit_bool(false),
            other => visitor.visit_borrowed_str(other),
        }
    }

    parsed!(
        deserialize_i8 visit_i64 deserialize_i16 visit_i64 deserialize_i32 visit_i64
        deserialize_i64 visit_i64 deserialize_i128 visit_i128
        deserialize_u8 visit_u64 deserialize_u16 visit_u64 deserialize_u32 visit_u64
        deserialize_u64 visit_u64 deserialize_u128 visit_u128
        deserialize_f32 visit_f64 deserialize_f64 visit_f64
    );

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

struct Items<'de> {
    items: std::slice::Iter<'de, Value>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let Some(value) = self.items.next() else {
            return Ok(None);
        };
        let at = self.at;
        self.at += 1;
        let element = seed.deserialize(Reader::new(value));
        element
            .map(Some)
            .map_err(|wrong| wrong.below(format!("[{at}]")))
    }
}

struct Entries<'de> {
    entries: serde_json::map::Iter<'de>,
    current: Option<(&'de String, &'de Value)>,
}

impl<'de> Entries<'de> {
    fn new(table: &'de Map<String, Value>) -> Self {
        Entries {
            entries: table.iter(),
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.current = self.entries.next();
        let key = self.current.map(|(key, _)| seed.deserialize(Text(key)));
        key.transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let (key, value) = self
            .current
            .take()
            .ok_or_else(|| Wrong::custom("a value without a key"))?;
        seed.deserialize(Reader::new(value))
            .map_err(|wrong| wrong.below(key))
    }
}
