//! A value of `extra(..)` as a serde format. An error names the key, but not the value, which may
//! be a secret.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use super::{text::Text, wrong::Wrong};

/// Reads the value as the type that is asked for. With `is_text` it comes from the environment,
/// where numbers are text too.
pub(super) fn read<T: DeserializeOwned>(value: &Value, is_text: bool) -> Result<T, Wrong> {
    T::deserialize(Reader { value, is_text })
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
