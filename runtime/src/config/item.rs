//! A value of a configuration file, whatever the format of the file.

/// Numbers are kept as text: which of them fit is for the key to say.
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
    /// What it is, for messages.
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
