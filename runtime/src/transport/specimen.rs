//! A socket that nobody can open, in debug builds.
//!
//! Half of what runs a socket does not depend on its type: the connection's shared half, what is written to its client,
//! what drops them. Functions with type parameters are compiled where they are called, which is with the application,
//! unless a crate below it has them. This one has them by its specimen. So an application does not compile them, and a
//! change in it does not compile them again. An optimized build does not share functions between crates.

use std::any::TypeId;

use super::mount::SocketDef;
use crate::{
    message::Message,
    socket::{Connect, Flow, Outbox, Refused, Socket},
};

enum Specimen {}

impl Socket for Specimen {
    type Info = ();
    type State = ();

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        std::future::pending().await
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        match *self {}
    }
}

/// Its entry points. The linker leaves them out.
#[used]
static SPECIMEN: SocketDef = SocketDef::new::<Specimen>("Specimen", TypeId::of::<()>, |_, _| {});
