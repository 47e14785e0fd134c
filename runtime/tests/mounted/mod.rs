//! A socket that does nothing, and its mount.

use landfall::{
    Message, Socket,
    mount::{Mount, SocketDef},
    socket::{Connect, Flow, Outbox, Refused},
};

#[derive(Debug)]
pub(crate) struct Raw;

impl Socket for Raw {
    type State = ();
    type Info = ();

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(Raw)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

pub(crate) const RAW: Mount = Mount::new("/raw", SocketDef::of::<Raw, ()>("Raw"));
