//! What is said of channels where landfall's feature `channels` is off.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{channel, socket, testing::errors};

const CONNECT: &str =
    "impl UserSocket { fn connect() -> Result<Self, Refused> { Ok(UserSocket) } }";
const JOIN: &str = "impl Room { async fn join() -> Result<Self, JoinError> { Ok(Room) } }";

#[test]
fn a_channel_needs_the_feature() {
    let expansion = channel::run("UserSocket".parse().unwrap(), JOIN.parse().unwrap());
    assert!(!expansion.to_string().contains("__rt :: channel"));
    assert_eq!(
        errors(expansion),
        [
            "`#[channel]` needs landfall's feature `channels`, which is off [channel]\n\n  \
          = help: turn it on in `Cargo.toml` by `features = [\"channels\"]`"
        ]
    );
}

#[test]
fn a_socket_with_channels_needs_the_feature_once() {
    let routes = "channel(\"room:*\", Room), channel(\"user:*\", User)";
    let expansion = socket::run(routes.parse().unwrap(), CONNECT.parse().unwrap());
    assert!(!expansion.to_string().contains("__rt :: channel"));
    assert_eq!(
        errors(expansion),
        [
            "`channel` needs landfall's feature `channels`, which is off [socket]\n\n  \
          = help: turn it on in `Cargo.toml` by `features = [\"channels\"]`, or remove `channel`"
        ]
    );
}
