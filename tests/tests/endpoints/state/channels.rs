//! Channels.

use landfall::{
    channel::{Channel, FromJoin, Mailbox},
    prelude::*,
    state::Need,
    testing,
};
use serde_json::{Value, json};

use crate::state::app::{App, Counter, CurrentUser, Title, Users};

endpoint! {
    struct Web;

    secret_key_base = env("SECRET_KEY_BASE");
    state = App;
    socket("/socket", UserSocket, longpoll);
}

struct UserSocket {
    user: &'static str,
}

#[socket(channel("room:*", Room), channel("bare", Bare))]
impl UserSocket {
    async fn connect(user: CurrentUser) -> Result<Self, Refused> {
        Ok(UserSocket { user: user.0 })
    }
}

/// The topic names a user.
struct Known(&'static str);

impl<C: Channel> FromJoin<C> for Known {
    type State = Need<Users>;

    async fn from_join(join: &Join<C>, users: Users) -> Result<Self, JoinError> {
        users
            .find(join.rest())
            .await
            .map(Known)
            .ok_or_else(|| JoinError::because("unknown"))
    }
}

struct Room {
    owner: &'static str,
    guest: &'static str,
}

#[channel(UserSocket)]
impl Room {
    async fn join(
        known: Known,
        socket: &UserSocket,
        mailbox: Mailbox<u8>,
        #[state] title: Title,
        #[cfg(any())]
        #[state]
        never: NoSuchType,
    ) -> Result<(Self, Value), JoinError> {
        mailbox.send(7)?;
        let room = Room {
            owner: known.0,
            guest: socket.user,
        };
        Ok((room, json!({"title": title.0})))
    }

    #[handle_in("count")]
    fn count(&mut self, #[state] counter: Counter) -> Reply {
        Reply::ok(json!({"count": counter.next(), "owner": self.owner}))
    }

    #[handle_in("find")]
    async fn find(
        &mut self,
        name: String,
        out: &mut Outlet,
        #[state] users: Users,
        #[state] title: Title,
    ) {
        out.push(
            "found",
            json!({"user": users.find(&name).await, "title": title.0}),
        );
    }

    #[handle_out("news")]
    async fn news(&mut self, _: Value, out: &mut Outlet, #[state] title: Title) {
        out.push("news", json!({"title": title.0, "guest": self.guest}));
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet, #[state] title: Title) -> Reply {
        Reply::because(format!("{} is unknown at {}", event.name(), title.0))
    }

    fn handle_info(&mut self, info: u8, out: &mut Outlet, #[state] title: Title) {
        out.push("info", json!({"info": info, "title": title.0}));
    }
}

struct Bare;

#[channel(UserSocket)]
impl Bare {
    fn join() -> Self {
        Bare
    }
}

#[tokio::test(start_paused = true)]
async fn callbacks_and_handlers_take_parts_of_it() {
    let site = testing::start_with::<Web>(App::new("harbour")).await;
    for longpoll in [false, true] {
        let mut connect = site.connect("/socket").param("user", "ann");
        if longpoll {
            connect = connect.longpoll();
        }
        let client = connect.await.unwrap();
        let mut room = client.join("room:bob", json!({})).await.unwrap();
        assert_eq!(room.joined().ok::<Value>(), json!({"title": "harbour"}));
        assert_eq!(
            room.expect("info").await.parse::<Value>(),
            json!({"info": 7, "title": "harbour"})
        );

        let count = room.push("count", json!({})).await.ok::<Value>();
        assert_eq!(count["owner"], "bob");
        room.push("find", "ann");
        assert_eq!(
            room.expect("found").await.parse::<Value>(),
            json!({"user": "ann", "title": "harbour"})
        );
        site.broadcast("room:bob", "news", json!({})).unwrap();
        assert_eq!(
            room.expect("news").await.parse::<Value>(),
            json!({"title": "harbour", "guest": "ann"})
        );
        let unknown = room.push("what", json!({})).await.error::<Value>();
        assert_eq!(unknown, json!({"reason": "what is unknown at harbour"}));
    }
}

#[tokio::test(start_paused = true)]
async fn an_extractor_refuses() {
    let site = testing::start_with::<Web>(App::new("harbour")).await;
    let client = site.connect("/socket").param("user", "ann").await.unwrap();
    let refused = client.join("room:eve", json!({})).await.unwrap_err();
    assert_eq!(refused.parse::<Value>(), json!({"reason": "unknown"}));
    client.join("bare", json!({})).await.unwrap();
}
