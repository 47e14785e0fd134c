//! Messages that a channel's mailbox does not take.

use std::error::Error;

use landfall::{
    channel,
    prelude::*,
    socket::MailboxError,
    testing::{self, Client, Site},
};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::channels::client::{BOTH, Via};

/// At most this many messages wait for a channel.
const MOST: u32 = 256;

endpoint! {
    struct Web;

    secret_key_base = [(); 3].map(|()| landfall::transport::unguessable_name()).concat();
    state = Mailboxes;
    socket("/socket", UserSocket, longpoll);
}

/// A message that is neither `Debug` nor `Clone`.
struct Letter(u32);

/// Gives the test the mailboxes of channels.
#[derive(Clone)]
struct Mailboxes(UnboundedSender<channel::Mailbox<Letter>>);

struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct Room;

#[channel(UserSocket)]
impl Room {
    fn join(mailbox: channel::Mailbox<Letter>, #[state] mailboxes: Mailboxes) -> Self {
        let _ = mailboxes.0.send(mailbox);
        Room
    }

    async fn handle_info(&mut self, _: Letter, _: &mut Outlet) {
        std::future::pending().await
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> Reply {
        Reply::ok(Payload::EMPTY)
    }
}

type Given = UnboundedReceiver<channel::Mailbox<Letter>>;

async fn connect(via: Via) -> (Site<Web>, Client, Given) {
    let (mailboxes, given) = unbounded_channel();
    let site = testing::start_with::<Web>(Mailboxes(mailboxes)).await;
    let connect = site.connect("/socket");
    let connect = match via {
        Via::WebSocket => connect,
        Via::LongPoll => connect.longpoll(),
    };
    let client = connect.await.expect("a connection");
    (site, client, given)
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_gives_the_message_back() {
    for via in BOTH {
        let (_site, client, mut given) = connect(via).await;
        client.join("room:1", 0).await.expect("a channel");
        let mailbox = given.recv().await.expect("a mailbox");
        let refused = (0..=MOST).find_map(|number| mailbox.send(Letter(number)).err());
        let Some(MailboxError::Full(Letter(number))) = refused else {
            panic!("expected it to be full, got {refused:?}");
        };
        assert_eq!(number, MOST, "they come back as they are");
        assert!(!mailbox.is_closed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_mailbox_gives_the_message_back() {
    for via in BOTH {
        let (_site, client, mut given) = connect(via).await;
        let mut room = client.join("room:1", 0).await.expect("a channel");
        let left = given.recv().await.expect("a mailbox");
        room.leave().await;
        client.join("room:2", 0).await.expect("a channel");
        let disconnected = given.recv().await.expect("a mailbox");
        drop((room, client));
        while !disconnected.is_closed() {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        for mailbox in [left, disconnected] {
            let refused = mailbox.send(Letter(7)).expect_err("nobody is there");
            assert!(
                matches!(&refused, MailboxError::Closed(Letter(7))),
                "{refused:?}"
            );
            assert!(mailbox.is_closed());
        }
    }
}

#[tokio::test]
async fn a_message_that_is_not_taken_is_an_error_whatever_it_is() {
    fn send(mailbox: &channel::Mailbox<Letter>) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(mailbox.send(Letter(0))?)
    }
    let (_site, client, mut given) = connect(Via::WebSocket).await;
    let mut room = client.join("room:1", 0).await.expect("a channel");
    let mailbox = given.recv().await.expect("a mailbox");
    room.leave().await;
    let error = send(&mailbox).expect_err("nobody is there");
    assert_eq!(error.to_string(), "the mailbox is closed");
    let refused: Reply = mailbox
        .send(Letter(0))
        .map_or_else(Reply::from, |()| unreachable!());
    assert_eq!(
        refused.payload().parse::<Value>().expect("JSON")["reason"],
        "internal error"
    );
}
