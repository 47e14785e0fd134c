//! Text as a serde format.

use std::str::FromStr;

use serde::{
    Deserializer,
    de::{IntoDeserializer, Visitor},
    forward_to_deserialize_any,
};

use super::wrong::Wrong;

/// Text that is parsed as the type that is asked for: from the environment, or the key of a map.
#[derive(Clone, Copy)]
pub(super) struct Text<'de>(pub(super) &'de str);

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
