//! A call of `connect` as an event of the endpoint's instrumenters.

use tracing::Level;

use super::context::MountContext;
use crate::{
    instrumenter::{Mark, here},
    socket::Connect,
};

/// `phoenix_socket_connect`: which socket a client connects to. Beside it stands a
/// [`Connect<()>`](Connect): the transport, the parameters (`vsn` among them), connect_info and the
/// options of the mount.
#[derive(Clone, Copy, Debug)]
pub struct SocketConnect {
    user_socket: &'static str,
    path: &'static str,
    log: Option<Level>,
}

impl SocketConnect {
    /// The name of the socket's type.
    pub fn user_socket(&self) -> &'static str {
        self.user_socket
    }

    /// The path of the mount, as it is declared.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The level at which connections of this mount are logged.
    pub fn log(&self) -> Option<Level> {
        self.log
    }
}

/// The event begins. The attempt comes back as it was. It is called where there are instrumenters.
pub(super) fn begin<I>(context: &MountContext, connect: Connect<I>) -> (Connect<I>, Mark) {
    let (connect, mailbox) = connect.split();
    let socket = SocketConnect {
        user_socket: context.socket,
        path: context.path,
        log: context.log,
    };
    let event = "phoenix_socket_connect";
    let mark = context.handle.begin(event, here!(), &[&socket, &connect]);
    (connect.with_mailbox(mailbox), mark)
}
