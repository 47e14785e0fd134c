//! A term as any serde type.

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::unencodable::Unencodable;
use crate::term::Term;

pub(super) struct Reader(pub(super) Term);

impl serde::de::IntoDeserializer<'_, Unencodable> for Reader {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Unencodable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unencodable> {
        match self.0 {
            Term::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(value),
            },
            Term::Float(value) => visitor.visit_f64(value),
            Term::Atom(name) => match name.as_str() {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                "nil" => visitor.visit_unit(),
                _ => visitor.visit_string(name),
            },
            Term::Binary(bytes) => match String::from_utf8(bytes) {
                Ok(text) => visitor.visit_string(text),
                Err(error) => visitor.visit_byte_buf(error.into_bytes()),
            },
            Term::Tuple(elements) | Term::List(elements) => {
                let mut elements = SeqDeserializer::new(elements.into_iter().map(Reader));
                let value = visitor.visit_seq(&mut elements)?;
                elements.end().map(|()| value)
            }
            Term::Map(pairs) => {
                let pairs = pairs
                    .into_iter()
                    .map(|(key, value)| (Reader(key), Reader(value)));
                let mut pairs = MapDeserializer::new(pairs);
                let value = visitor.visit_map(&mut pairs)?;
                pairs.end().map(|()| value)
            }
            Term::Opaque(_) => Err(Unencodable::custom("a term that only Erlang knows")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unencodable> {
        match &self.0 {
            Term::Atom(name) if name == "nil" => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unencodable> {
        match self.0 {
            Term::Binary(bytes) => visitor.visit_byte_buf(bytes),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unencodable> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unencodable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unencodable> {
        match self.0 {
            Term::Map(mut pairs) if pairs.len() == 1 => match pairs.pop() {
                Some((name, content)) => visitor.visit_enum(Variant {
                    name,
                    content: Some(content),
                }),
                None => Err(Unencodable::custom("an empty map")),
            },
            name => visitor.visit_enum(Variant {
                name,
                content: None,
            }),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

struct Variant {
    name: Term,
    content: Option<Term>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unencodable;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content), Unencodable> {
        Ok((seed.deserialize(Reader(self.name))?, Content(self.content)))
    }
}

struct Content(Option<Term>);

impl Content {
    fn reader(self) -> Result<Reader, Unencodable> {
        self.0
            .map(Reader)
            .ok_or_else(|| Unencodable::custom("a variant without its value"))
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Unencodable;

    fn unit_variant(self) -> Result<(), Unencodable> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(Unencodable::custom("a value where the variant has none")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unencodable> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unencodable> {
        self.reader()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unencodable> {
        self.reader()?.deserialize_any(visitor)
    }
}
