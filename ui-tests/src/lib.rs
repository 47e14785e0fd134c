//! Sockets that the cases mount.

use landfall::{
    Message, Socket,
    channel::{ChannelSocket, Route},
    mount::{SocketOptions, WebSocket},
    socket::{Connect, Flow, Needs, Outbox, Refused},
};

macro_rules! socket {
    ($(#[$doc:meta])* $name:ident { $($item:item)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Socket for $name {
            type State = ();
            type Info = ();

            $($item)*

            async fn connect(_: Connect<()>) -> Result<Self, Refused> {
                Ok($name)
            }

            async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
                out.push(message);
                Flow::Continue
            }
        }
    };
}

socket! {
    /// Reads nothing.
    EchoSocket {}
}

socket! {
    /// Reads three connect_info keys, one of them an own one.
    RoomSocket {
        const NEEDS: Needs = Needs { info: &["user_agent", "uri", "region"], ..Needs::NOTHING };
    }
}

socket! {
    /// Reads a bearer token.
    TokenSocket {
        const NEEDS: Needs = Needs { info: &["auth_token"], ..Needs::NOTHING };
    }
}

socket! {
    /// Is served at `/ws`, unless its mount says otherwise.
    PresetSocket {
        const OPTIONS: SocketOptions = SocketOptions {
            websocket: WebSocket { path: "/ws", ..WebSocket::DEFAULT },
            ..SocketOptions::DEFAULT
        };
    }
}

/// Holds channels.
#[derive(Debug)]
pub struct UserSocket;

impl ChannelSocket for UserSocket {
    type State = ();
    const CHANNELS: &'static [Route<Self>] = &[];

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}
