//! The endpoint that these tests talk to.

use std::time::Duration;

use landfall::{
    Builder, Endpoint, Running,
    channel::{ChannelSocket, Multiplexer, Requirement, Route, V1, V2, Versioned},
    config::{Secret, Setting, Settings},
    endpoint::EndpointDef,
    mount::{LongPoll, Mount, SocketDef},
    pubsub::{PubSub, Subscription},
    socket::{Connect, Param, Refused},
    state::Need,
    testing::Network,
};
use landfall_tests::wait::until;
use tokio::time::timeout;

use crate::channels::{
    client::{Client, Via},
    presence::Present,
    room::{Lobby, Room, Tally},
    serializers::Lines,
};

/// How long a poll waits for messages.
const WINDOW: Duration = Duration::from_secs(4);

/// Channels behind WebSocket and longpoll.
pub(crate) struct Site;

const MOUNTS: &[Mount] = &[
    mount(
        "/socket",
        SocketDef::of::<Multiplexer<UserSocket>, Tally>("UserSocket"),
    ),
    mount(
        "/few",
        SocketDef::of::<Multiplexer<FewChannels>, Tally>("FewChannels"),
    ),
];

const fn mount(path: &'static str, socket: SocketDef) -> Mount {
    Mount::new(path, socket)
        .longpoll(LongPoll {
            window: WINDOW,
            ..LongPoll::DEFAULT
        })
        .log(None)
}

impl Endpoint for Site {
    type State = Tally;
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Site",
        mounts: MOUNTS,
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        let secret =
            Secret::from("channels and channels and channels and channels and channels !!!");
        Settings {
            secret_key_base: Setting::exact(secret),
            ..Settings::default()
        }
    }
}

/// Any user, whose id is the parameter `id`.
pub(crate) struct UserSocket {
    id: Option<String>,
}

impl ChannelSocket for UserSocket {
    type State = Need<Tally>;
    const CHANNELS: &'static [Route<Self>] = &[
        Route::new::<Room>("room:*", "Room").assigns(&"a room"),
        Route::new::<Lobby>("lobby", "Lobby"),
        Route::new::<Room>("lobby*", "Room"),
        Route::new::<Present>("present:*", "Present"),
    ];
    const SERIALIZERS: &'static [Versioned] = &[
        Versioned::new(&V1, Requirement::new("~> 1.0.0")),
        Versioned::new(&V2, Requirement::new("~> 2.0.0")),
        Versioned::new(&Lines, Requirement::new("~> 7.0")),
    ];

    async fn connect(connect: Connect<()>) -> Result<Self, Refused> {
        let id = match connect.params().get("id") {
            Some(Param::Text(id)) => Some(id.clone()),
            _ => None,
        };
        Ok(UserSocket { id })
    }

    fn id(&self) -> Option<String> {
        self.id.clone()
    }
}

/// Has at most two channels.
pub(crate) struct FewChannels;

impl ChannelSocket for FewChannels {
    type State = ();
    const CHANNELS: &'static [Route<Self>] =
        &[Route::new::<crate::channels::room::Plain>("*", "Plain")];
    const MAX_CHANNELS: usize = 2;

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(FewChannels)
    }
}

/// A running site.
pub(crate) struct Started {
    pub(crate) running: Running<Site>,
    pub(crate) pubsub: PubSub,
    pub(crate) network: Network,
    journal: Subscription,
    tasks: usize,
}

/// Starts a site of the test's own.
pub(crate) async fn start() -> Started {
    start_with(PubSub::new()).await
}

/// Starts a site that shares its topics.
pub(crate) async fn start_with(pubsub: PubSub) -> Started {
    start_from(Site::builder_with(Tally::default()), pubsub).await
}

/// Starts a site from a builder, with shared topics.
pub(crate) async fn start_from(builder: Builder<Site>, pubsub: PubSub) -> Started {
    let (network, listener) = Network::new();
    let running = builder
        .pubsub(pubsub.clone())
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    let journal = pubsub.subscribe("journal");
    let tasks = running.stats().tasks;
    Started {
        running,
        pubsub,
        network,
        journal,
        tasks,
    }
}

impl Started {
    /// A client that speaks V2.
    pub(crate) async fn client(&self, via: Via) -> Client {
        self.client_at(via, "/socket", "vsn=2.0.0").await
    }

    pub(crate) async fn client_at(&self, via: Via, mount: &str, query: &str) -> Client {
        Client::open(&self.network, via, mount, query).await
    }

    /// A client that has joined a topic.
    pub(crate) async fn member(&self, via: Via, topic: &str) -> Client {
        let mut client = self.client(via).await;
        client.join(topic).await;
        client
    }

    /// The next note of a channel of any client.
    pub(crate) async fn noted(&mut self) -> String {
        let note = timeout(Duration::from_secs(20), self.journal.recv()).await;
        let note = note.expect("a note in time").expect("a note");
        note.payload().as_text().expect("text").to_owned()
    }

    pub(crate) fn nothing_noted(&mut self) {
        if let Some(note) = self.journal.try_recv() {
            panic!("expected no note, got {note:?}");
        }
    }

    /// Nothing is left of any client.
    pub(crate) async fn is_as_at_first(&self, topics: &[&str]) {
        until("all connections have ended", || {
            self.running.stats().connections == 0
        })
        .await;
        until("no task is left", || {
            self.running.stats().tasks == self.tasks
        })
        .await;
        for topic in topics {
            assert_eq!(self.pubsub.subscribers(topic), 0, "{topic}");
        }
    }
}
