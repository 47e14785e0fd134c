//! The meta of a presence.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{
    Serialize, Serializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, value::RawValue};

use super::{
    TrackError,
    limits::{MAX_KEY, MAX_META, MAX_TOPIC},
    seen::PhxRef,
};

/// The meta of a presence: a JSON object with its `phx_ref`. Cloning it is cheap.
#[derive(Clone)]
pub struct Meta {
    json: Arc<RawValue>,
    phx_ref: PhxRef,
    previous: Option<PhxRef>,
}

impl Meta {
    /// The `phx_ref`, which no other meta has.
    pub fn phx_ref(&self) -> PhxRef {
        self.phx_ref
    }

    /// The `phx_ref` of the meta that this one replaced by an update.
    pub fn phx_ref_prev(&self) -> Option<PhxRef> {
        self.previous
    }

    /// The JSON text of the object.
    pub fn as_json(&self) -> &str {
        self.json.get()
    }

    /// The application's fields: the text without braces and without what is ours.
    pub(super) fn fields(&self) -> &str {
        let text = self.as_json();
        let ours = head(self.phx_ref, self.previous).len();
        let theirs = text.get(ours..text.len() - 1).unwrap_or_default();
        theirs.strip_prefix(',').unwrap_or(theirs)
    }

    /// The object as a value of the application.
    ///
    /// # Errors
    /// If it has another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_json())
    }
}

impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.phx_ref == other.phx_ref && self.as_json() == other.as_json()
    }
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Meta")
            .field(&self.phx_ref.to_string())
            .finish()
    }
}

/// As JSON: a serializer of `serde_json` writes the text as it is.
impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

/// A meta that has no `phx_ref` yet: the fields of an object, without its braces.
pub(super) struct Fields(String);

impl Fields {
    /// The application's fields; those that are ours are left out.
    pub(super) fn of(meta: &impl Serialize) -> Result<Fields, TrackError> {
        let Value::Object(mut object) = serde_json::to_value(meta).map_err(TrackError::Meta)?
        else {
            return Err(TrackError::NotAnObject);
        };
        object.remove("phx_ref");
        object.remove("phx_ref_prev");
        let text = serde_json::to_string(&object).map_err(TrackError::Meta)?;
        if text.len() > MAX_META {
            return Err(TrackError::MetaTooLarge);
        }
        Ok(Fields(text[1..text.len() - 1].to_owned()))
    }

    /// Fields that another node has sent. `None` if they are not those of an object, or not only
    /// the application's.
    pub(super) fn read(text: &str) -> Option<Fields> {
        let object = format!("{{{text}}}");
        let names: BTreeMap<String, IgnoredAny> = serde_json::from_str(&object).ok()?;
        let ours = names.contains_key("phx_ref") || names.contains_key("phx_ref_prev");
        (!ours && object.len() <= MAX_META).then(|| Fields(text.to_owned()))
    }

    pub(super) fn into_meta(
        self,
        phx_ref: PhxRef,
        previous: Option<PhxRef>,
    ) -> Result<Meta, TrackError> {
        let mut text = head(phx_ref, previous);
        if !self.0.is_empty() {
            text.push(',');
            text.push_str(&self.0);
        }
        text.push('}');
        let json = RawValue::from_string(text).map_err(TrackError::Meta)?;
        Ok(Meta {
            json: json.into(),
            phx_ref,
            previous,
        })
    }
}

/// How the text of a meta begins.
fn head(phx_ref: PhxRef, previous: Option<PhxRef>) -> String {
    match previous {
        None => format!(r#"{{"phx_ref":"{phx_ref}""#),
        Some(previous) => format!(r#"{{"phx_ref":"{phx_ref}","phx_ref_prev":"{previous}""#),
    }
}

/// Names that every JavaScript object inherits. Phoenix's client before 1.8.9 takes one for a
/// presence without metas, and throws.
const INHERITED: [&str; 13] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "prototype",
    "toLocaleString",
    "toString",
    "valueOf",
];

pub(super) fn check_key(key: &str) -> Result<(), TrackError> {
    if INHERITED.contains(&key) {
        return Err(TrackError::ReservedKey(key.to_owned()));
    }
    if key.len() > MAX_KEY {
        return Err(TrackError::KeyTooLong);
    }
    Ok(())
}

pub(super) fn check_topic(topic: &str) -> Result<(), TrackError> {
    let short = topic.len() <= MAX_TOPIC;
    short.then_some(()).ok_or(TrackError::TopicTooLong)
}
