//! Sockets and channels that are written without the macros.

use landfall::{
    channel::{Answer, Channel, ChannelSocket, Joined, Multiplexer, Route},
    endpoint::EndpointDef,
    mount::{Mount, SocketDef},
    prelude::*,
    socket::Connect,
    state::Need,
    testing,
};
use serde_json::{Value, json};

use crate::state::app::{App, Counter, Title};

struct Web;

#[track_caller]
const fn mount(path: &'static str, socket: SocketDef) -> Mount {
    Mount::new(path, socket).drainer(None).log(None)
}

impl Endpoint for Web {
    type State = App;

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[
            mount("/plain", SocketDef::of::<Plain, App>("Plain")),
            mount(
                "/socket",
                SocketDef::of::<Multiplexer<UserSocket>, App>("UserSocket"),
            ),
        ],
        ..EndpointDef::DEFAULT
    };
}

struct Plain(Title);

impl Socket for Plain {
    type Info = ();
    type State = (Need<Title>, Need<Counter>);

    async fn connect(connect: Connect<()>) -> Result<Self, Refused> {
        let (title, counter) = connect.take::<Self::State>();
        counter.next();
        Ok(Plain(title))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) -> Flow {
        out.push(self.0.0);
        Flow::Continue
    }
}

struct UserSocket;

impl ChannelSocket for UserSocket {
    type State = <Room as Channel>::State;

    const CHANNELS: &'static [Route<Self>] = &[Route::new::<Room>("room:*", "Room")];

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

struct Room;

impl Channel for Room {
    type Socket = UserSocket;
    type Info = ();
    type State = Need<Title>;

    async fn join(join: Join<Self>) -> Result<Joined<Self>, JoinError> {
        let title = join.take::<Self::State>();
        Ok(Joined::new(Room).reply(json!({"title": title.0})))
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> Answer {
        Answer::NoReply
    }
}

/// Its mount was made for another state.
struct Wrong;

impl Endpoint for Wrong {
    type State = ();

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Wrong",
        mounts: &[mount("/plain", SocketDef::of::<Plain, App>("Plain"))], // WRONG
        ..EndpointDef::DEFAULT
    };
}

/// A socket that does not declare what its channel takes.
struct Forgetful;

impl ChannelSocket for Forgetful {
    type State = Need<Counter>;

    const CHANNELS: &'static [Route<Self>] = &[Route::new::<Needy>("needy", "Needy")];

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(Forgetful)
    }
}

struct Needy;

impl Channel for Needy {
    type Socket = Forgetful;
    type Info = ();
    type State = (Need<Counter>, Need<Title>);

    async fn join(_: Join<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::new(Needy))
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> Answer {
        Answer::NoReply
    }
}

const FORGETFUL: SocketDef = SocketDef::of::<Multiplexer<Forgetful>, App>("Forgetful");

struct Incomplete;

impl Endpoint for Incomplete {
    type State = App;

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Incomplete",
        mounts: &[mount("/socket", FORGETFUL)], // INCOMPLETE
        ..EndpointDef::DEFAULT
    };
}

/// The place of the mount whose line ends with this mark, as errors tell it.
fn line_of(mark: &str) -> String {
    let (mark, source) = (format!("// {mark}"), include_str!("by_hand.rs"));
    let line = source.lines().position(|line| line.ends_with(&mark));
    format!("from mount at {}:{})", file!(), line.unwrap() + 1)
}

#[tokio::test]
async fn a_need_that_the_socket_does_not_declare_is_found_at_the_start() {
    let builder = Incomplete::builder_with(App::new("harbour"));
    let error = builder.start().await.unwrap_err().to_string();
    let wrong = "channel `Needy` takes `endpoints::state::app::Title` of the application's state, which \
                 `Forgetful` does not declare: add `<Needy as Channel>::State` to its `type State`";
    assert!(error.contains(wrong), "{error}");
    assert!(!error.contains("Counter"), "{error}");
    assert!(error.contains(&line_of("INCOMPLETE")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn they_take_what_they_say() {
    let site = testing::start_with::<Web>(App::new("harbour")).await;
    let mut plain = site.raw("/plain").await.unwrap();
    plain.send("?");
    plain.expect("harbour").await;
    let client = site.connect("/socket").await.unwrap();
    let room = client.join("room:1", json!({})).await.unwrap();
    assert_eq!(room.joined().ok::<Value>(), json!({"title": "harbour"}));
}

#[tokio::test]
async fn a_mount_for_another_state_does_not_start() {
    let error = Wrong::start().await.unwrap_err().to_string();
    assert!(
        error.contains("`Plain` is mounted for another state than that of `Wrong`"),
        "{error}"
    );
    assert!(error.contains(&line_of("WRONG")), "{error}");
}
