//! A window of a browser: one connection, with all of its channels.

use landfall::prelude::*;

use crate::room::Room;

pub(crate) struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    /// Everybody may connect. With logins, a page signs a token, and this verifies it:
    /// `#[param] token: String, edge: Handle`.
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}
