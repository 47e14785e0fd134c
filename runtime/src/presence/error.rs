//! Why something could not be tracked.

use std::fmt;

use super::limits::{MAX_KEY, MAX_META, MAX_TOPIC};

/// Why something was not tracked, or not updated. Nothing has changed then.
#[derive(Debug)]
#[non_exhaustive]
pub enum TrackError {
    /// The same subscriber is tracked under this key of the topic already.
    /// [`update`](super::Presence::update) changes its meta.
    AlreadyTracked,
    /// There is nothing to update: the subscriber is not tracked under this key of the topic.
    /// [`track_as`](super::Presence::track_as) comes first.
    NotTracked,
    /// The key is a name that every JavaScript object has, such as `constructor`. A prefix helps:
    /// `user:constructor`.
    ReservedKey(String),
    /// The key is longer than [`MAX_KEY`].
    KeyTooLong,
    /// The topic is longer than [`MAX_TOPIC`].
    TopicTooLong,
    /// The meta is not a JSON object. Use a struct or a map, such as `json!({})`.
    NotAnObject,
    /// The meta is longer than [`MAX_META`]. What can be looked up belongs in a
    /// [`Fetch`](super::Fetch).
    MetaTooLarge,
    /// The meta could not be serialized.
    Meta(serde_json::Error),
}

impl fmt::Display for TrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrackError::AlreadyTracked => f.write_str("it is tracked under this key already"),
            TrackError::NotTracked => f.write_str("it is not tracked under this key"),
            TrackError::ReservedKey(key) => write!(
                f,
                "the key `{key}` would break JavaScript clients, whose objects all have it"
            ),
            TrackError::KeyTooLong => write!(f, "the key is longer than {MAX_KEY} bytes"),
            TrackError::TopicTooLong => write!(f, "the topic is longer than {MAX_TOPIC} bytes"),
            TrackError::NotAnObject => f.write_str("the meta is not a JSON object"),
            TrackError::MetaTooLarge => write!(f, "the meta is longer than {MAX_META} bytes"),
            TrackError::Meta(_) => f.write_str("the meta cannot be JSON"),
        }
    }
}

impl std::error::Error for TrackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TrackError::Meta(error) => Some(error),
            _ => None,
        }
    }
}
