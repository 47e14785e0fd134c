//! What other tasks ask a channel or a socket, and are answered.

use std::time::Duration;

use landfall::{
    channel,
    prelude::*,
    socket::{CallError, Caller, Mailbox},
    testing::{self, Site},
};
use serde_json::json;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    time::{Instant, sleep},
};

use crate::channels::client::{BOTH, Via};

/// At most this many messages wait for a channel.
const MOST: usize = 256;

endpoint! {
    struct Web;

    secret_key_base = [(); 3].map(|()| landfall::transport::unguessable_name()).concat();
    state = App;
    socket("/socket", UserSocket, longpoll);
    socket("/counter", Counter);
}

/// Gives the test the mailboxes of channels and sockets.
struct App {
    rooms: Rooms,
    counters: Counters,
}

#[derive(Clone)]
struct Rooms(Sender<channel::Mailbox<Asked>>);

#[derive(Clone)]
struct Counters(Sender<Mailbox<Caller<u32>>>);

impl FromRef<App> for Rooms {
    fn from_ref(app: &App) -> Rooms {
        app.rooms.clone()
    }
}

impl FromRef<App> for Counters {
    fn from_ref(app: &App) -> Counters {
        app.counters.clone()
    }
}

enum Asked {
    /// How many messages there were.
    Count(Caller<usize>),
    /// The same, from a task of its own after a second.
    Later(Caller<usize>),
    /// Never answered, and kept.
    Never(Caller<String>),
    Ignored(Caller<()>),
    Panic(Caller<()>),
    Stop(Caller<()>),
    /// A callback that goes on for a minute.
    Busy,
}

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct Room {
    count: usize,
    unanswered: Vec<Caller<String>>,
}

#[channel(UserSocket)]
impl Room {
    async fn join(mailbox: channel::Mailbox<Asked>, #[state] rooms: Rooms) -> Self {
        let _ = rooms.0.send(mailbox).await;
        Room {
            count: 0,
            unanswered: Vec::new(),
        }
    }

    #[handle_in("say")]
    fn say(&mut self) -> Reply {
        self.count += 1;
        Reply::ok(json!({}))
    }

    async fn handle_info(&mut self, asked: Asked, _: &mut Outlet) -> Answer {
        match asked {
            Asked::Count(caller) => caller.reply(self.count),
            Asked::Later(caller) => {
                let count = self.count;
                tokio::spawn(async move {
                    sleep(Duration::from_secs(1)).await;
                    caller.reply(count);
                });
            }
            Asked::Never(caller) => self.unanswered.push(caller),
            Asked::Ignored(caller) => drop(caller),
            Asked::Panic(_caller) => panic!("as asked"),
            Asked::Stop(_caller) => return Answer::stop(),
            Asked::Busy => sleep(Duration::from_secs(60)).await,
        }
        Answer::NoReply
    }
}

struct Counter(u32);

#[socket]
impl Counter {
    async fn connect(mailbox: Mailbox<Caller<u32>>, #[state] counters: Counters) -> Self {
        let _ = counters.0.send(mailbox).await;
        Counter(0)
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {
        self.0 += 1;
    }

    fn handle_info(&mut self, caller: Caller<u32>, _: &mut Outbox) {
        assert!(caller.is_waiting());
        caller.reply(self.0);
    }
}

async fn start() -> (
    Site<Web>,
    Receiver<channel::Mailbox<Asked>>,
    Receiver<Mailbox<Caller<u32>>>,
) {
    let ((rooms, of_rooms), (counters, of_counters)) = (channel(1), channel(1));
    let app = App {
        rooms: Rooms(rooms),
        counters: Counters(counters),
    };
    let site = testing::start_with::<Web>(app).await;
    (site, of_rooms, of_counters)
}

#[tokio::test(start_paused = true)]
async fn a_channel_answers_at_once_or_later() {
    for via in BOTH {
        let (site, mut rooms, _) = start().await;
        let connect = site.connect("/socket");
        let client = match via {
            Via::WebSocket => connect.await,
            Via::LongPoll => connect.longpoll().await,
        };
        let client = client.expect("a connection");
        let room = client.join("room:1", json!({})).await.expect("a channel");
        let mailbox = rooms.recv().await.expect("a mailbox");
        assert_eq!(mailbox.call(Asked::Count).await, Ok(0));
        room.push("say", json!({})).await;
        assert_eq!(mailbox.call(Asked::Count).await, Ok(1));
        assert_eq!(mailbox.call(Asked::Later).await, Ok(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_answers() {
    let (site, _, mut counters) = start().await;
    let client = site.raw("/counter").await.expect("a connection");
    let mailbox = counters.recv().await.expect("a mailbox");
    client.send("one");
    while mailbox.call(|caller| caller).await != Ok(1) {
        sleep(Duration::from_millis(10)).await;
    }
    drop(client);
    while !mailbox.is_closed() {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(mailbox.call(|caller| caller).await, Err(CallError::Closed));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    let (site, mut rooms, _) = start().await;
    let client = site.connect("/socket").await.expect("a connection");
    client.join("room:1", json!({})).await.expect("a channel");
    let mailbox = rooms.recv().await.expect("a mailbox");
    let began = Instant::now();
    assert_eq!(mailbox.call(Asked::Never).await, Err(CallError::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 5);
    let began = Instant::now();
    let answer = mailbox.call_within(Duration::from_secs(1), Asked::Never);
    assert_eq!(answer.await, Err(CallError::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 1);
    assert_eq!(
        mailbox.call(Asked::Ignored).await,
        Err(CallError::Unanswered)
    );
    let mut last = Ok(0);
    mailbox.send(Asked::Busy).expect("it fits");
    for _ in 0..MOST {
        last = mailbox.call_within(Duration::ZERO, Asked::Count).await;
    }
    assert_eq!(last, Err(CallError::Full));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_ends_leaves_nobody_waiting() {
    for (asked, answer) in [
        (Asked::Panic as fn(_) -> _, CallError::Unanswered),
        (Asked::Stop, CallError::Unanswered),
    ] {
        let (site, mut rooms, _) = start().await;
        let client = site.connect("/socket").await.expect("a connection");
        client.join("room:1", json!({})).await.expect("a channel");
        let mailbox = rooms.recv().await.expect("a mailbox");
        // What is kept, what is handled, and what waits.
        let (kept, handled) = (mailbox.call(Asked::Never), mailbox.call(asked));
        let waiting = mailbox.call(Asked::Count);
        let (kept, handled, waiting) = tokio::join!(kept, handled, waiting);
        assert_eq!(kept, Err(answer));
        assert_eq!(handled, Err(answer));
        assert_eq!(waiting, Err(answer));
        assert_eq!(mailbox.call(Asked::Count).await, Err(CallError::Closed));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_ends_the_call() {
    let (site, mut rooms, _) = start().await;
    let client = site.connect("/socket").await.expect("a connection");
    let mut room = client.join("room:1", json!({})).await.expect("a channel");
    let mailbox = rooms.recv().await.expect("a mailbox");
    let (asked, ()) = tokio::join!(mailbox.call(Asked::Never), async {
        sleep(Duration::from_secs(1)).await;
        room.leave().await;
    });
    assert_eq!(asked, Err(CallError::Unanswered));
}
