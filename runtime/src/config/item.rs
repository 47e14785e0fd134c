//! A value of a configuration file of any format.

/// A value. Numbers are kept as text, since the range depends on the key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    String(String),
    /// The digits, with a sign if it has one, and their radix.
    Integer(String, u32),
    Float(String),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Item>),
    Table(Vec<(String, Item)>),
}

impl Item {
    /// The kind of value, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Item::String(_) => "a string",
            Item::Integer(..) => "a number",
            Item::Float(_) => "a number with a fraction",
            Item::Boolean(true) => "`true`",
            Item::Boolean(false) => "`false`",
            Item::Datetime(_) => "a date",
            Item::Array(_) => "a list",
            Item::Table(_) => "a table",
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Item::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Item::Boolean(value) => Some(*value),
            _ => None,
        }
    }
}
