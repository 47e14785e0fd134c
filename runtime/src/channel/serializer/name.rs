//! Topics and events as clients send them.

use std::fmt;

use crate::message::Text;

/// A topic or an event, as a client sent it. Its text shares memory with the message that it came
/// in.
///
/// It should be text. If a client sends something else, such as a number, its answer repeats it,
/// but it names no channel and no event: [`as_str`](Name::as_str) is `None`.
///
/// ```
/// use landfall::channel::{Name, NameRef};
///
/// let name = Name::from("room:1");
/// assert_eq!(name.as_str(), Some("room:1"));
/// assert_eq!(name.borrow(), NameRef::Text("room:1"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    Text(Text),
    Foreign(Text),
}

/// A [`Name`], borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameRef<'a> {
    /// Text.
    Text(&'a str),
    /// What a client sent instead of text, as JSON.
    Foreign(&'a str),
}

impl Name {
    /// A value that is not text, as JSON. It is only echoed.
    ///
    /// ```
    /// # use landfall::channel::Name;
    /// assert_eq!(Name::foreign("5").as_str(), None);
    /// ```
    pub fn foreign(json: impl Into<Text>) -> Name {
        Name(Kind::Foreign(json.into()))
    }

    /// The text; `None` if the client sent something else.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Kind::Text(text) => Some(text),
            Kind::Foreign(_) => None,
        }
    }

    /// The length of its text in bytes.
    pub(in crate::channel) fn len(&self) -> usize {
        let (Kind::Text(text) | Kind::Foreign(text)) = &self.0;
        text.len()
    }

    /// Borrows the name, for an answer.
    pub fn borrow(&self) -> NameRef<'_> {
        match &self.0 {
            Kind::Text(text) => NameRef::Text(text),
            Kind::Foreign(json) => NameRef::Foreign(json),
        }
    }
}

impl From<Text> for Name {
    fn from(text: Text) -> Self {
        Name(Kind::Text(text))
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name(Kind::Text(text.into()))
    }
}

impl<'a> From<&'a str> for NameRef<'a> {
    fn from(text: &'a str) -> Self {
        NameRef::Text(text)
    }
}

impl<'a> From<&'a Name> for NameRef<'a> {
    fn from(name: &'a Name) -> Self {
        name.borrow()
    }
}

/// The text, or the JSON of another value.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrow().fmt(f)
    }
}

/// The text, or the JSON of another value.
impl fmt::Display for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (NameRef::Text(text) | NameRef::Foreign(text)) = self;
        f.write_str(text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.borrow(), f)
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameRef::Text(text) => fmt::Debug::fmt(text, f),
            NameRef::Foreign(json) => f.write_str(json),
        }
    }
}
