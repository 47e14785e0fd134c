//! What ties a reply to its request, and a message to its join.

use std::{fmt, sync::Arc};

/// A `ref` or a `join_ref`: chosen by a client, echoed by the server exactly as it came.
///
/// Phoenix's clients send strings of digits, or null. Other clients send numbers, or any JSON. Two
/// are equal if they would be echoed alike: the string `"1"` is not the number `1`.
///
/// ```
/// use landfall::channel::Ref;
///
/// assert_eq!(Ref::from("12").to_json(), r#""12""#);
/// assert_eq!(Ref::from(12).to_json(), "12");
/// assert_eq!(Ref::NULL.to_json(), "null");
/// assert_ne!(Ref::from("12"), Ref::from(12));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Ref(Kind);

#[derive(Clone, Default, PartialEq, Eq, Hash)]
enum Kind {
    #[default]
    Null,
    /// A string that is a number as Rust prints it: what Phoenix's clients send, kept without an
    /// allocation.
    Digits(u64),
    /// Any other string.
    Text(Arc<str>),
    /// Anything else, as JSON.
    Json(Arc<str>),
}

impl Ref {
    /// Null: the client expects no reply, or names no join.
    pub const NULL: Ref = Ref(Kind::Null);

    /// True for [`Ref::NULL`].
    pub fn is_null(&self) -> bool {
        self.0 == Kind::Null
    }

    /// True if it is a string, and not null, a number, or something else.
    pub fn is_string(&self) -> bool {
        matches!(self.0, Kind::Digits(_) | Kind::Text(_))
    }

    /// Whether both name the same, even if they are echoed differently. A binary frame has no
    /// numbers: a client whose refs are numbers writes their digits there.
    pub(in crate::channel) fn names_same(&self, other: &Ref) -> bool {
        self == other || self.with_text(|text| other.with_text(|other| text == other))
    }

    /// The length of its text in bytes.
    pub(in crate::channel) fn len(&self) -> usize {
        match &self.0 {
            Kind::Null => 0,
            Kind::Digits(number) => 1 + number.checked_ilog10().unwrap_or(0) as usize,
            Kind::Text(text) | Kind::Json(text) => text.len(),
        }
    }

    /// As JSON: a string in quotes, a number as it came, or `null`.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(self.json_len());
        self.push_json(&mut json);
        json
    }

    /// From a JSON value that is known to be well-formed and is not a string.
    pub(super) fn from_json(value: &str) -> Ref {
        Ref(if value == "null" {
            Kind::Null
        } else {
            Kind::Json(value.into())
        })
    }

    /// The length as JSON. A lower bound if the text needs escapes.
    pub(super) fn json_len(&self) -> usize {
        match &self.0 {
            Kind::Null => 4,
            Kind::Digits(number) => 3 + number.checked_ilog10().unwrap_or(0) as usize,
            Kind::Text(text) => 2 + text.len(),
            Kind::Json(json) => json.len(),
        }
    }

    pub(super) fn push_json(&self, out: &mut String) {
        match &self.0 {
            Kind::Null => out.push_str("null"),
            Kind::Digits(number) => out.push_str(Decimal::new(*number).quoted()),
            Kind::Text(text) => super::quoted::push_string(out, text),
            Kind::Json(json) => out.push_str(json),
        }
    }

    /// Calls `take` with what [`Display`](fmt::Display) prints.
    pub(super) fn with_text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        match &self.0 {
            Kind::Null => take(""),
            Kind::Digits(number) => take(Decimal::new(*number).as_str()),
            Kind::Text(text) | Kind::Json(text) => take(text),
        }
    }
}

impl From<&str> for Ref {
    /// A string.
    fn from(text: &str) -> Self {
        Ref(digits(text).map_or_else(|| Kind::Text(text.into()), Kind::Digits))
    }
}

impl From<u64> for Ref {
    /// A number.
    fn from(number: u64) -> Self {
        Ref(Kind::Json(Decimal::new(number).as_str().into()))
    }
}

impl From<serde_json::Value> for Ref {
    /// A string, a number, null, or any other JSON.
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::String(text) => Ref::from(&*text),
            other => Ref::from_json(&other.to_string()),
        }
    }
}

/// The text of a string, the digits of a number; nothing for null. Binary frames carry this.
impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// Every number of so many digits fits.
const FITS: usize = 19;

/// The number that prints as exactly this text.
fn digits(text: &str) -> Option<u64> {
    match text.as_bytes() {
        [b'0'] => Some(0),
        [] | [b'0' | b'+', ..] => None,
        bytes if bytes.len() > FITS => text.parse().ok(),
        bytes => bytes.iter().try_fold(0, |number, byte| {
            let digit = byte.wrapping_sub(b'0');
            (digit < 10).then_some(number * 10 + u64::from(digit))
        }),
    }
}

/// The most digits that a number has.
const DIGITS: usize = 20;

/// A printed number in quotes, on the stack.
struct Decimal {
    text: [u8; DIGITS + 2],
    /// The place of the first quote.
    start: usize,
}

impl Decimal {
    fn new(mut number: u64) -> Self {
        let mut decimal = Decimal {
            text: [b'"'; DIGITS + 2],
            start: DIGITS,
        };
        loop {
            decimal.text[decimal.start] = b'0' + (number % 10) as u8;
            decimal.start -= 1;
            number /= 10;
            if number == 0 {
                return decimal;
            }
        }
    }

    fn quoted(&self) -> &str {
        str::from_utf8(&self.text[self.start..]).unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.text[self.start + 1..=DIGITS]).unwrap_or_default()
    }
}
