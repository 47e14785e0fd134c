//! application/x-www-form-urlencoded with nested names, as `Plug.Conn.Query` reads it.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::percent_decode;

use super::{Param, Params};

/// Longer queries are refused.
const MAX_LENGTH: usize = 1_000_000;

/// Most brackets in one name; a name with more is a plain name. It bounds the recursion over
/// parameters.
const MAX_DEPTH: usize = 32;

/// Why a query cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryError {
    /// A name or a value is not UTF-8 once decoded: 400.
    NotUtf8,
    /// More than 1,000,000 bytes: 414.
    TooLong,
}

impl Params {
    /// Reads a raw query, the part of a URI after its `?`.
    pub(crate) fn from_query(query: impl AsRef<[u8]>) -> Result<Params, QueryError> {
        let query = query.as_ref();
        if query.len() > MAX_LENGTH {
            return Err(QueryError::TooLong);
        }
        let mut root = BTreeMap::new();
        for pair in query
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(parts.next().unwrap_or_default())?;
            let value = decode(parts.next().unwrap_or_default())?;
            insert(&mut root, &name, value);
        }
        Ok(finish(root))
    }
}

/// A parameter that may still grow.
enum Node {
    Text(String),
    /// `nested` is the index of the element that names such as `a[][b]` fill.
    List {
        items: Vec<Node>,
        nested: Option<usize>,
    },
    Map(BTreeMap<String, Node>),
}

impl Node {
    const BLANK: Node = Node::Text(String::new());

    /// The value of a key in a map. A value of another kind is replaced by a map.
    fn entry(&mut self, key: &str) -> &mut Node {
        if !matches!(self, Node::Map(_)) {
            *self = Node::Map(BTreeMap::new());
        }
        match self {
            Node::Map(map) => map.entry(key.to_owned()).or_insert(Node::BLANK),
            _ => unreachable!("it has just become a map"),
        }
    }

    /// A new element of a list, or the element that holds nested names. A value of another kind is
    /// replaced by a list.
    fn item(&mut self, last: bool) -> &mut Node {
        if !matches!(self, Node::List { .. }) {
            *self = Node::List {
                items: Vec::new(),
                nested: None,
            };
        }
        let Node::List { items, nested } = self else {
            unreachable!("it has just become a list")
        };
        let next = items.len();
        let index = if last {
            next
        } else {
            *nested.get_or_insert(next)
        };
        if index == next {
            items.push(Node::BLANK);
        }
        &mut items[index]
    }

    fn finish(self) -> Param {
        match self {
            Node::Text(text) => Param::Text(text),
            Node::List { items, .. } => Param::List(items.into_iter().map(Node::finish).collect()),
            Node::Map(map) => Param::Map(finish(map)),
        }
    }
}

fn finish(map: BTreeMap<String, Node>) -> Params {
    Params(
        map.into_iter()
            .map(|(name, node)| (name, node.finish()))
            .collect(),
    )
}

fn insert(root: &mut BTreeMap<String, Node>, name: &str, value: String) {
    let (first, inner) = split(name);
    let mut node = root.entry(first.to_owned()).or_insert(Node::BLANK);
    let mut keys = inner
        .into_iter()
        .flat_map(|inner| inner.split("]["))
        .peekable();
    while let Some(key) = keys.next() {
        node = if key.is_empty() {
            node.item(keys.peek().is_none())
        } else {
            node.entry(key)
        };
    }
    *node = Node::Text(value);
}

/// `a[b][c]` as `a` and `b][c`. A name whose brackets do not match is a plain name.
fn split(name: &str) -> (&str, Option<&str>) {
    let plain = (name, None);
    let Some((first, rest)) = name.split_once('[') else {
        return plain;
    };
    let Some(inner) = rest.strip_suffix(']') else {
        return plain;
    };
    if inner.matches("][").nth(MAX_DEPTH - 1).is_some() {
        plain
    } else {
        (first, Some(inner))
    }
}

fn decode(raw: &[u8]) -> Result<String, QueryError> {
    let spaced: Cow<'_, [u8]> = if raw.contains(&b'+') {
        raw.iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect::<Vec<_>>()
            .into()
    } else {
        raw.into()
    };
    let text = percent_decode(&spaced)
        .decode_utf8()
        .map_err(|_| QueryError::NotUtf8)?;
    Ok(text.into_owned())
}
