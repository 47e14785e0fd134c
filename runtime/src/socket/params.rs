//! Query and path parameters, nested, and how they become typed arguments.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer, de::DeserializeOwned};

use crate::{
    config::{Nested, Node},
    sorted,
};

mod de;
mod query;
#[cfg(test)]
mod tests;

pub(crate) use self::query::QueryError;

/// The parameters of a connection attempt, by name.
///
/// The query is read like Phoenix reads it: `room=1&user[name]=ann&tag[]=a&tag[]=b` has a text, a
/// map and a list. Of two parameters of the same name, the later counts. A path parameter wins over
/// the query.
///
/// ```
/// use landfall::socket::Params;
///
/// let params = Params::from_iter([("room", "7"), ("token", "s3cret")]);
/// assert_eq!(params.get("room").unwrap().parse::<u32>().unwrap(), 7);
/// assert_eq!(format!("{params:?}"), r#"Params {"room", "token"}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(
    /// Sorted by name.
    Vec<(String, Param)>,
);

/// One parameter.
#[derive(Clone, PartialEq, Eq)]
pub enum Param {
    /// `a=b`.
    Text(String),
    /// `a[]=b`.
    List(Vec<Param>),
    /// `a[b]=c`.
    Map(Params),
}

/// Why a parameter does not fit its type. It says what was expected, never what the client sent:
/// that may be a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamError(Cow<'static, str>);

impl Params {
    /// No parameters.
    pub(crate) const EMPTY: Params = Params(Vec::new());

    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&Param> {
        sorted::get(&self.0, name)
    }

    /// The text of a plain parameter; `None` if it is missing, a list or a map.
    pub fn as_str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// All parameters with their names, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.0.iter().map(|(name, param)| (name.as_str(), param))
    }

    /// The number of parameters. Elements of lists and maps do not count.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any parameter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Deserializes all parameters together, into a struct or a map.
    ///
    /// # Errors
    /// When one of them does not fit.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParamError> {
        T::deserialize(self)
    }

    /// Of those of one name, the last counts.
    fn sorted(mut params: Vec<(String, Param)>) -> Params {
        params.sort_by(|(one, _), (other, _)| one.cmp(other));
        params.dedup_by(|later, kept| {
            let again = later.0 == kept.0;
            if again {
                std::mem::swap(later, kept);
            }
            again
        });
        Params(params)
    }

    pub(crate) fn insert(&mut self, name: impl Into<String>, param: impl Into<Param>) {
        sorted::put(&mut self.0, name.into(), param.into());
    }
}

impl Param {
    /// The text of a plain parameter.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Param::Text(text) => Some(text),
            Param::List(_) | Param::Map(_) => None,
        }
    }

    /// Deserializes the parameter: a text into numbers, `bool`, `char`, strings and enums without
    /// fields, a list into sequences, a map into structs and maps.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ParamError> {
        T::deserialize(self)
    }
}

impl<K: Into<String>, V: Into<Param>> FromIterator<(K, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(params: I) -> Self {
        let params = params.into_iter();
        Params::sorted(
            params
                .map(|(name, param)| (name.into(), param.into()))
                .collect(),
        )
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Param::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(text)
    }
}

impl Nested for Params {
    type Inner = Param;

    fn node(&self) -> Node<'_, Param> {
        Node::Map(Box::new(self.iter()))
    }
}

impl Nested for Param {
    type Inner = Self;

    fn node(&self) -> Node<'_, Self> {
        match self {
            Param::Text(text) => Node::Text(text),
            Param::List(items) => Node::List(Box::new(items.iter())),
            Param::Map(params) => params.node(),
        }
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Serialize for Param {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Param::Text(text) => serializer.serialize_str(text),
            Param::List(items) => serializer.collect_seq(items),
            Param::Map(params) => params.serialize(serializer),
        }
    }
}

/// Names only: values may be credentials.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params ")?;
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The kind only: values may be credentials.
impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Param::Text(_) => f.write_str("Text(..)"),
            Param::List(items) => write!(f, "List(.. {} items)", items.len()),
            Param::Map(params) => f.debug_tuple("Map").field(params).finish(),
        }
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParamError {}
