//! A connection, with all of its channels.

use landfall::prelude::*;

use crate::{channel}::{Channel};

pub(crate) struct GameSocket;

#[socket(channel("{channel}:*", {Channel}))]
impl GameSocket {
    /// Decides whether the client may connect. `#[param] token: String` takes `?token=..`.
    async fn connect() -> Result<Self, Refused> {
        Ok(GameSocket)
    }
}
