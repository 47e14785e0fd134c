use landfall::mount::{LongPoll, SocketOptions, WebSocket};
use landfall::prelude::*;
use landfall::session::{SessionOptions, SessionSource};
use landfall::socket::{Connect, ConnectInfo};

const SESSION: SessionOptions = SessionOptions::new("_app", "short");

macro_rules! socket {
    ($name:ident, $options:expr) => {
        struct $name;

        impl Socket for $name {
            type State = ();
            type Info = ();
            const OPTIONS: SocketOptions = $options;

            async fn connect(_: Connect<()>) -> Result<Self, Refused> {
                Ok($name)
            }

            async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
                Flow::Continue
            }
        }
    };
}

const PLAIN: SocketOptions = SocketOptions::DEFAULT;

socket!(Small, SocketOptions {
    websocket: WebSocket { max_frame_size: 7, ..PLAIN.websocket },
    ..PLAIN
});
socket!(Named, SocketOptions {
    websocket: WebSocket { subprotocols: Some(&["phoenix"]), auth_token: true, ..PLAIN.websocket },
    ..PLAIN
});
socket!(Signed, SocketOptions {
    websocket: WebSocket {
        connect_info: ConnectInfo {
            session: Some(SessionSource::Constant(&SESSION)),
            ..ConnectInfo::NOTHING
        },
        ..PLAIN.websocket
    },
    ..PLAIN
});
socket!(Polled, SocketOptions {
    longpoll: Some(LongPoll { max_batch: 0, ..LongPoll::DEFAULT }),
    ..PLAIN
});

endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/small", Small);
    socket("/named", Named);
    socket("/signed", Signed);
    socket("/polled", Polled, websocket(ping = secs(30)));
}

fn main() {}
