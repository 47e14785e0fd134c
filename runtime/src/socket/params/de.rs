//! Parameters as a serde format: a text becomes the type that is asked for.

use std::{any::type_name, borrow::Cow, fmt::Display, slice, str::FromStr};

use serde::{
    Deserializer,
    de::{
        Error, Expected, IntoDeserializer, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{Param, ParamError, Params};

/// serde's own texts quote the value, which may be a credential. These say what was expected.
impl Error for ParamError {
    fn custom<T: Display>(_: T) -> Self {
        ParamError(Cow::Borrowed("the value is not allowed"))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        ParamError(format!("expected {expected}").into())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        ParamError(format!("expected {expected}").into())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        ParamError(format!("expected {expected}").into())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        ParamError(format!("expected one of {}", names(expected)).into())
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        ParamError(format!("there is a key that is none of {}", names(expected)).into())
    }

    fn missing_field(field: &'static str) -> Self {
        ParamError(format!("`{field}` is missing").into())
    }

    fn duplicate_field(field: &'static str) -> Self {
        ParamError(format!("`{field}` is given twice").into())
    }
}

fn names(expected: &[&str]) -> String {
    expected
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn expected(what: &'static str) -> ParamError {
    ParamError(what.into())
}

impl<'de> IntoDeserializer<'de, ParamError> for &'de Param {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// The deserializer of a key: as flexible as that of a text, so that maps may have numbers as keys.
#[derive(Clone, Copy)]
struct Text<'de>(&'de str);

impl<'de> IntoDeserializer<'de, ParamError> for Text<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Text<'de> {
    fn number<T: FromStr>(self) -> Result<T, ParamError> {
        self.0.parse().map_err(|_| {
            let of = type_name::<T>();
            let what = if of.starts_with('f') {
                "a number"
            } else {
                "a whole number"
            };
            ParamError(format!("expected {what} (`{of}`)").into())
        })
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
            visitor.$visit(self.number()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = ParamError;

    numbers! {
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32, deserialize_u64 visit_u64,
        deserialize_i128 visit_i128, deserialize_u128 visit_u128, deserialize_f32 visit_f32,
        deserialize_f64 visit_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(expected("expected `true` or `false`")),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_char(
            self.0
                .parse()
                .map_err(|_| expected("expected one character"))?,
        )
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_borrowed_bytes(self.0.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        if self.0.is_empty() {
            visitor.visit_unit()
        } else {
            Err(expected("expected no value"))
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! { str string seq tuple tuple_struct map struct identifier ignored_any }
}

/// [`Text`] handles a text. Lists and maps keep their kind, whatever type is asked for.
macro_rules! by_text {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
            match self {
                Param::Text(text) => Text(text).$method(visitor),
                Param::List(_) | Param::Map(_) => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for &'de Param {
    type Error = ParamError;

    by_text! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_bytes deserialize_byte_buf deserialize_unit
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        match self {
            Param::Text(text) => visitor.visit_borrowed_str(text),
            Param::List(items) => {
                let mut items = SeqDeserializer::new(items.iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end().map(|()| value)
            }
            Param::Map(params) => params.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        match self {
            Param::Text(text) => Text(text).deserialize_enum(name, variants, visitor),
            Param::List(_) | Param::Map(_) => Err(ParamError::unknown_variant("", variants)),
        }
    }

    forward_to_deserialize_any! { str string seq tuple tuple_struct map struct identifier ignored_any }
}

/// All parameters together: always a map.
impl<'de> Deserializer<'de> for &'de Params {
    type Error = ParamError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParamError> {
        let pair = |(name, param): &'de (String, Param)| (Text(name), param);
        let mut pairs: MapDeserializer<
            'de,
            std::iter::Map<slice::Iter<'de, (String, Param)>, _>,
            ParamError,
        > = MapDeserializer::new(self.0.iter().map(pair));
        let value = visitor.visit_map(&mut pairs)?;
        pairs.end().map(|()| value)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParamError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
