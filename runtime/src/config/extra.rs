//! Settings of other libraries.

use serde_json::{Map, Value};

/// A value of `extra(..)`: what JSON and TOML have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra(pub(super) Value);

impl Extra {
    /// A table, by key; of keys given twice the last wins.
    pub fn table<K: Into<String>, V: Into<Extra>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value.into().0));
        Extra(Value::Object(entries.collect::<Map<_, _>>()))
    }
}

impl From<serde_json::Value> for Extra {
    fn from(value: serde_json::Value) -> Self {
        Extra(value)
    }
}

impl From<&str> for Extra {
    fn from(text: &str) -> Self {
        Extra(text.into())
    }
}

impl From<String> for Extra {
    fn from(text: String) -> Self {
        Extra(text.into())
    }
}

impl From<bool> for Extra {
    fn from(value: bool) -> Self {
        Extra(value.into())
    }
}

impl From<i32> for Extra {
    fn from(number: i32) -> Self {
        Extra(number.into())
    }
}

impl From<i64> for Extra {
    fn from(number: i64) -> Self {
        Extra(number.into())
    }
}

impl From<u64> for Extra {
    fn from(number: u64) -> Self {
        Extra(number.into())
    }
}

impl From<f64> for Extra {
    fn from(number: f64) -> Self {
        Extra(number.into())
    }
}

impl<T: Into<Extra>> From<Vec<T>> for Extra {
    fn from(items: Vec<T>) -> Self {
        Extra(Value::Array(items.into_iter().map(|item| item.into().0).collect()))
    }
}

impl<T: Into<Extra>, const N: usize> From<[T; N]> for Extra {
    fn from(items: [T; N]) -> Self {
        Vec::from(items).into()
    }
}

/// Lays a value over another: tables key by key, everything else as a whole.
pub(super) fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}
