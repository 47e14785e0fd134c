use std::sync::Arc;

use landfall::{
    channel::{Channel, ChannelSocket, Joined, Requirement, V1, V2, Versioned},
    config::AtStart,
    prelude::*,
    socket::Children,
};
use serde::Deserialize;
use serde_json::{Value, json};

mod again {
    pub use landfall as shore;
}

const OLD: Versioned = Versioned::new(&V1, Requirement::new("~> 1.0.0"));
const MOST: usize = 2 * 50;

pub struct UserSocket;

#[socket(
    channel("room:lobby", Lobby),
    channel("room:*", Room, assigns = Kind { size: 1 }),
    channel("phoenix:*", generic::Generic<Vec<u8>>),
    channel("*", Elsewhere,),
    max_channels = MOST,
    serializers = [(V2, "~> 2.0"), OLD],
    websocket(compress = true),
    longpoll,
    log = debug,
    drainer(batch_size = 10),
)]
#[allow(deprecated, reason = "`phoenix:*` is meant")]
impl UserSocket {
    fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }

    fn children(_: &mut Children) {}
}

struct Unlimited;

#[socket(
    crate = again::shore,
    channel("all", Everything),
    max_channels = insecure(unlimited, reason = "there is one topic"),
    serializers = Versioned::DEFAULT,
)]
impl Unlimited {
    async fn connect(connect: Connect<()>) -> Result<Self, std::fmt::Error> {
        drop(connect);
        Ok(Unlimited)
    }

    fn id(&self) -> Option<String> {
        None
    }
}

struct Everything;

#[channel(Unlimited, crate = again::shore)]
impl Everything {
    fn join(#[payload] _: Event, #[topic] _: String) -> (Self, Value) {
        (Everything, json!({}))
    }
}

#[derive(Debug)]
struct Kind {
    size: u8,
}

/// A channel with every option.
pub struct Room {
    size: u8,
}

#[derive(Deserialize)]
struct Message {
    text: String,
}

#[channel(UserSocket)]
impl Room {
    /// The largest.
    pub const MOST: u8 = 3;

    /// Admits every client.
    ///
    /// # Errors
    /// Never.
    async fn join(
        #[rest] _: &str,
        #[topic] _topic: String,
        #[payload] _: Payload,
        #[assigns] Kind { size }: &'static Kind,
        #[cfg(any())] missing: Missing,
        #[allow(unused_variables)] socket: &UserSocket,
        _: Arc<UserSocket>,
        _: Handle,
        mailbox: channel::Mailbox<u8>,
        join: Join<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        mailbox.send(Self::MOST)?;
        assert_eq!(join.assigns::<Kind>().map(|kind| kind.size), Some(*size));
        Ok(Joined::new(Room { size: *size }).reply(json!({})))
    }

    #[handle_in("nothing")]
    fn nothing(&mut self) {}

    #[handle_in("payload")]
    async fn payload(&mut self, Message { text }: Message) -> Option<Reply> {
        (!text.is_empty()).then(|| Reply::ok(json!({})))
    }

    #[handle_in("out")]
    #[handle_out("out")]
    async fn out(&mut self, out: &mut Outlet) -> Result<(), Reply> {
        out.try_push("out", json!({"size": self.size}))?;
        Ok(())
    }

    #[handle_in("both", "both too")]
    pub async fn both(&mut self, Binary(bytes): Binary, out: &mut Outlet) -> Result<Answer, serde_json::Error> {
        out.push("both", Payload::from_json(&bytes.len())?);
        Ok(Answer::NoReply)
    }

    #[cfg(any())]
    #[handle_in("nothing")]
    fn nothing(&mut self, missing: Missing) {}

    #[cfg(any())]
    async fn handle_in(&mut self, event: Missing, out: &mut Outlet) {}

    #[handle_out("said")]
    fn said(&mut self, event: Event, out: &mut Outlet) {
        out.push(event.name(), event.payload().clone());
    }

    fn handle_info(&mut self, size: u8, _: &mut Outlet) -> Result<(), std::num::TryFromIntError> {
        self.size = u8::try_from(u32::from(size))?;
        Ok(())
    }

    fn terminate(mut self, _: Reason) {
        self.helper();
    }

    fn helper(&mut self) {
        self.size = 0;
    }
}

struct Lobby;

type JoinResult<T> = Result<T, std::fmt::Error>;

#[channel(UserSocket)]
impl Lobby {
    async fn join() -> JoinResult<Self> {
        Ok(Lobby)
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Reply {
        Reply::ok(json!({"event": event.name()}))
    }
}

struct Elsewhere;

#[channel(UserSocket)]
impl Elsewhere {
    fn join(handle: Handle) -> Self {
        drop(handle);
        Elsewhere
    }
}

mod generic {
    use landfall::prelude::*;

    pub struct Generic<T>(T);

    #[channel(super::UserSocket)]
    impl<T> Generic<T>
    where
        T: Default + Send,
    {
        fn join() -> Self {
            Generic(T::default())
        }

        #[handle_in("take")]
        fn take(&mut self) {
            drop(std::mem::take(&mut self.0));
        }
    }
}

endpoint! {
    struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/socket", UserSocket, websocket(timeout = secs(45)));
    socket("/unlimited", Unlimited);
}

fn main() {
    let [socket, unlimited] = Web::DEF.mounts else { panic!("{:?}", Web::DEF) };
    assert!(socket.websocket.is_some_and(|websocket| websocket.compress) && socket.longpoll.is_some());
    assert_eq!((socket.socket.name, unlimited.socket.name), ("UserSocket", "Unlimited"));
    assert!(matches!(socket.drainer.unwrap().batch_size, AtStart::Value(10)));
    assert_eq!((UserSocket::MAX_CHANNELS, Unlimited::MAX_CHANNELS), (100, usize::MAX));
    assert_eq!((UserSocket::CHANNELS.len(), UserSocket::SERIALIZERS.len()), (4, 2));
    assert_eq!(<Room as Channel>::INTERCEPT, ["out", "said"]);
    assert_eq!(<Lobby as Channel>::INTERCEPT, [""; 0]);
    assert!(format!("{:?}", Kind { size: 1 }).contains('1'));
}
