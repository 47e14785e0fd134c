//! Who is present in a topic, as clients and applications see it.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::Meta;

/// Who is present in a topic, by key. It serializes to what clients expect as `presence_state`:
/// `{"ann": {"metas": [{"phx_ref": ".."}]}}`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::{presence::Presence, pubsub::PubSub};
/// use serde_json::json;
///
/// let presence = Presence::new(&PubSub::new());
/// let phone = presence.track("room:1", "ann", json!({"device": "phone"})).unwrap();
/// let laptop = presence.track("room:1", "ann", json!({"device": "laptop"})).unwrap();
///
/// let present = presence.list("room:1").await;
/// assert_eq!(present.get("ann").unwrap().metas().len(), 2);
/// assert_eq!(
///     serde_json::to_value(&present).unwrap(),
///     json!({"ann": {"metas": [
///         {"device": "phone", "phx_ref": phone.phx_ref().to_string()},
///         {"device": "laptop", "phx_ref": laptop.phx_ref().to_string()},
///     ]}})
/// );
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Presences {
    keys: BTreeMap<Arc<str>, Present>,
}

/// The presences of one key: a meta for each, and fields that a fetch function added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    metas: Vec<Meta>,
    fields: BTreeMap<String, Value>,
}

impl Presences {
    /// The presences of a key.
    pub fn get(&self, key: &str) -> Option<&Present> {
        self.keys.get(key)
    }

    /// The keys in order, each with its presences.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Present)> {
        self.keys.iter().map(|(key, present)| (&**key, present))
    }

    /// As [`iter`](Presences::iter), to add fields.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Present)> {
        self.keys.iter_mut().map(|(key, present)| (&**key, present))
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True if nobody is present.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds those of other keys.
    pub(super) fn append(&mut self, others: Presences) {
        self.keys.extend(others.keys);
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Present> {
        self.keys.remove(key)
    }

    pub(super) fn clear_fields(&mut self) {
        self.keys
            .values_mut()
            .for_each(|present| present.fields.clear());
    }
}

impl Present {
    /// The meta of each presence, in the order in which they came.
    pub fn metas(&self) -> &[Meta] {
        &self.metas
    }

    /// A field that was added.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Adds a field beside `metas`, in place of one of the same name.
    ///
    /// # Panics
    /// When the name is `metas`: clients cannot do without them.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let name = name.into();
        assert!(
            name != "metas",
            "a field beside `metas` cannot have the same name"
        );
        self.fields.insert(name, value.into());
    }
}

impl FromIterator<(Arc<str>, Meta)> for Presences {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Meta)>>(metas: I) -> Self {
        let mut presences = Presences::default();
        for (key, meta) in metas {
            presences.keys.entry(key).or_default().metas.push(meta);
        }
        presences
    }
}

impl Serialize for Presences {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Serialize for Present {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len() + 1))?;
        map.serialize_entry("metas", &self.metas)?;
        self.fields
            .iter()
            .try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}
