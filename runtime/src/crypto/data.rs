//! Any serde type as a term: structs and maps as maps with strings as keys, tuples as tuples,
//! `None` as `nil`.

use serde::{
    Serialize,
    de::DeserializeOwned,
    ser::{self, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple},
};

use crate::term::Term;

mod read;
mod unencodable;

pub use self::unencodable::Unencodable;

pub(crate) fn to_term<T: Serialize + ?Sized>(data: &T) -> Result<Term, Unencodable> {
    data.serialize(Writer)
}

/// `None` if the term is not a `T`.
pub(crate) fn from_term<T: DeserializeOwned>(term: Term) -> Option<T> {
    T::deserialize(read::Reader(term)).ok()
}

struct Writer;

type Written = Result<Term, Unencodable>;

fn int(value: impl Into<i128>) -> Written {
    Ok(Term::Int(value.into()))
}

fn variant(name: &str, content: Term) -> Term {
    Term::Map(vec![(Term::text(name), content)])
}

impl ser::Serializer for Writer {
    type Ok = Term;
    type Error = Unencodable;
    type SerializeSeq = Sequence;
    type SerializeTuple = Sequence;
    type SerializeTupleStruct = Sequence;
    type SerializeTupleVariant = Impossible<Term, Unencodable>;
    type SerializeMap = Pairs;
    type SerializeStruct = Pairs;
    type SerializeStructVariant = Variant;

    fn serialize_bool(self, value: bool) -> Written {
        Ok(Term::Atom(value.to_string()))
    }

    fn serialize_i8(self, value: i8) -> Written {
        int(value)
    }

    fn serialize_i16(self, value: i16) -> Written {
        int(value)
    }

    fn serialize_i32(self, value: i32) -> Written {
        int(value)
    }

    fn serialize_i64(self, value: i64) -> Written {
        int(value)
    }

    fn serialize_i128(self, value: i128) -> Written {
        int(value)
    }

    fn serialize_u8(self, value: u8) -> Written {
        int(value)
    }

    fn serialize_u16(self, value: u16) -> Written {
        int(value)
    }

    fn serialize_u32(self, value: u32) -> Written {
        int(value)
    }

    fn serialize_u64(self, value: u64) -> Written {
        int(value)
    }

    fn serialize_u128(self, value: u128) -> Written {
        i128::try_from(value)
            .map(Term::Int)
            .map_err(|_| Unencodable::new("an integer beyond 127 bits"))
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        value
            .is_finite()
            .then_some(Term::Float(value))
            .ok_or_else(|| Unencodable::new("a float without a value"))
    }

    fn serialize_char(self, value: char) -> Written {
        Ok(Term::text(value))
    }

    fn serialize_str(self, value: &str) -> Written {
        Ok(Term::text(value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        Ok(Term::Binary(value.to_vec()))
    }

    fn serialize_none(self) -> Written {
        Ok(Term::nil())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Term::nil())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        Ok(Term::nil())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Written {
        Ok(Term::text(name))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Written {
        Ok(variant(name, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Sequence, Unencodable> {
        Ok(Sequence {
            elements: Vec::new(),
            whole: Term::List,
        })
    }

    fn serialize_tuple(self, _: usize) -> Result<Sequence, Unencodable> {
        Ok(Sequence {
            elements: Vec::new(),
            whole: Term::Tuple,
        })
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Sequence, Unencodable> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unencodable> {
        Err(Unencodable::new(format!(
            "variant `{name}` has more than one value: name them"
        )))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Pairs, Unencodable> {
        Ok(Pairs::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Pairs, Unencodable> {
        Ok(Pairs::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Variant, Unencodable> {
        Ok(Variant {
            name,
            pairs: Pairs::default(),
        })
    }
}

struct Sequence {
    elements: Vec<Term>,
    whole: fn(Vec<Term>) -> Term,
}

impl Sequence {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unencodable> {
        self.elements.push(to_term(value)?);
        Ok(())
    }
}

impl SerializeSeq for Sequence {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unencodable> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok((self.whole)(self.elements))
    }
}

impl SerializeTuple for Sequence {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unencodable> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok((self.whole)(self.elements))
    }
}

impl ser::SerializeTupleStruct for Sequence {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unencodable> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok((self.whole)(self.elements))
    }
}

#[derive(Default)]
struct Pairs {
    pairs: Vec<(Term, Term)>,
    key: Option<Term>,
}

impl Pairs {
    /// Sorted as Erlang sorts the keys of small maps, if they are strings.
    fn finish(mut self) -> Term {
        let text = |(key, _): &(Term, Term)| match key {
            Term::Binary(bytes) => Some(bytes.clone()),
            _ => None,
        };
        self.pairs.sort_by_cached_key(text);
        Term::Map(self.pairs)
    }
}

impl SerializeMap for Pairs {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unencodable> {
        self.key = Some(to_term(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unencodable> {
        let key = self
            .key
            .take()
            .ok_or_else(|| Unencodable::new("a value without a key"))?;
        self.pairs.push((key, to_term(value)?));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

impl SerializeStruct for Pairs {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unencodable> {
        self.pairs.push((Term::text(name), to_term(value)?));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(self.finish())
    }
}

struct Variant {
    name: &'static str,
    pairs: Pairs,
}

impl ser::SerializeStructVariant for Variant {
    type Ok = Term;
    type Error = Unencodable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unencodable> {
        SerializeStruct::serialize_field(&mut self.pairs, name, value)
    }

    fn end(self) -> Written {
        Ok(variant(self.name, self.pairs.finish()))
    }
}

#[cfg(test)]
mod tests;
