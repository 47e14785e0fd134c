//! What an entry of `trusted_proxies` may look like.

use super::ConfigError;
use crate::proxies::{Entry, Network, NoNetwork};

/// Checks one entry. What is legal but hardly wanted is returned as a warning.
pub(super) fn check(entry: &Entry) -> Result<Option<ConfigError>, ConfigError> {
    match entry {
        Entry::Unix => Ok(None),
        Entry::Network(Network { prefix: 0, .. }) => Ok(Some(
            ConfigError::new("anybody could choose the address that limits count for them")
                .help("list the proxies"),
        )),
        Entry::Network(_) => Ok(None),
        Entry::Invalid(text) => match Network::parse(text) {
            Ok(_) => Ok(None),
            Err(wrong) => Err(error(text, wrong)),
        },
    }
}

fn error(text: &str, wrong: NoNetwork) -> ConfigError {
    let shown = text.escape_debug();
    match wrong {
        NoNetwork::Unreadable => {
            ConfigError::new(format!("`\"{shown}\"` is neither an address nor a network"))
                .help("`\"10.0.0.1\"`, `\"10.0.0.0/8\"`, or `\"unix\"` for all that come by a Unix socket")
        }
        NoNetwork::Prefix { most } => {
            ConfigError::new(format!("the prefix of `\"{shown}\"` must be at most {most}"))
        }
        NoNetwork::Inside(network) => {
            ConfigError::new(format!("`\"{shown}\"` is an address inside of a network"))
                .help(format!("`{network:?}` for the whole network, or the address alone"))
        }
    }
}
