//! What the nodes say to each other through Redis.

use super::{
    ConfigError,
    item::Item,
    key::Key,
    value::{Value, one_of},
};

/// `wire`: what the nodes say to each other through Redis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedisWire {
    /// This library's own format.
    #[default]
    Landfall,
    /// That of `Phoenix.PubSub.Redis` 3: the node takes part in a Phoenix application. See
    /// [`Wire::Phoenix`](crate::pubsub::adapter::Wire) for what crosses.
    Phoenix,
}

impl Value for RedisWire {
    const TAKES: &'static str = "`\"landfall\"` or `\"phoenix\"`";

    fn from_text(key: Key<'_>, text: String) -> Result<Self, ConfigError> {
        one_of(
            key,
            &text,
            [
                ("landfall", RedisWire::Landfall),
                ("phoenix", RedisWire::Phoenix),
            ],
        )
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        value
            .as_str()
            .map(|text| Self::from_text(key, text.to_owned()))
    }
}
