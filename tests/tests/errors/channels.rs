//! Channels that refuse and that fail.

use landfall::{
    prelude::*,
    testing,
    token::{TokenError, Tokens},
};
use serde_json::{Value, json};

use crate::{AppError, any, boxed, down, log::Log};

endpoint! {
    struct Boards;

    socket("/socket", UserSocket);
}

struct UserSocket;

#[socket(
    channel("board:*", Board),
    channel("any:*", Any),
    channel("owner:*", Owner),
    channel("form:*", Form)
)]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct Board;

#[channel(UserSocket)]
impl Board {
    async fn join(
        #[rest] id: u8,
        mailbox: landfall::channel::Mailbox<()>,
    ) -> Result<Self, AppError> {
        match id {
            0 => Err(AppError::NoSuchTask),
            1 => Ok(down().map(|()| Board)?),
            2 => {
                let _ = mailbox.send(());
                Ok(Board)
            }
            _ => Ok(Board),
        }
    }

    #[handle_in("finish")]
    async fn finish(&mut self, task: u8) -> Result<Reply, AppError> {
        match task {
            0 => Err(AppError::NoSuchTask),
            1 => Ok(down().map(|()| Reply::ok(Payload::EMPTY))?),
            _ => Ok(Reply::ok(Payload::EMPTY)),
        }
    }

    #[handle_in("open", "shut")]
    fn turn(&mut self) -> Result<(), Reply> {
        boxed()?;
        Ok(())
    }

    async fn handle_in(&mut self, _: Event, _: &mut Outlet) -> anyhow::Result<()> {
        any()
    }

    async fn handle_info(&mut self, (): (), _: &mut Outlet) -> anyhow::Result<()> {
        any()
    }

    #[handle_out("moved")]
    fn moved(&mut self, _to: u8) {}
}

struct Any;

#[channel(UserSocket)]
impl Any {
    fn join(#[rest] how: &str) -> Result<Self, JoinError> {
        match how {
            "io" => down()?,
            "any" => any()?,
            "boxed" => boxed()?,
            "no" => return Err(JoinError::because("members\nonly")),
            "token" => bad_token()?,
            "wrapped" => anyhow::Context::context(bad_token(), "cannot find the user")?,
            _ => {}
        }
        Ok(Any)
    }
}

/// A token that somebody has made up.
fn bad_token() -> Result<(), TokenError> {
    let tokens = Tokens::new(&"a secret of at least twenty bytes".into(), "user");
    tokens.expect("it is long enough").verify("made up")
}

struct Owner;

#[channel(UserSocket)]
impl Owner {
    fn join() -> Result<Self, TokenError> {
        bad_token()?;
        Ok(Owner)
    }
}

struct Form;

#[derive(serde::Deserialize)]
struct Filled {
    #[serde(rename = "name")]
    _name: String,
}

#[channel(UserSocket)]
impl Form {
    fn join(#[payload] _: Filled) -> Self {
        Form
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_is_refused_or_fails() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Boards>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let told = [
        ("board:0", "no such task"),
        ("board:1", "join refused"),
        ("board:x", "unmatched topic"),
        ("any:io", "join refused"),
        ("any:any", "join refused"),
        ("any:boxed", "join refused"),
        ("any:no", "members\nonly"),
        ("any:token", "unauthorized"),
        ("any:wrapped", "unauthorized"),
        ("owner:1", "unauthorized"),
    ];
    for (topic, reason) in told {
        let refused = client
            .join(topic, json!({}))
            .await
            .expect_err("nobody may join");
        assert_eq!(
            refused.parse::<Value>(),
            json!({ "reason": reason }),
            "{topic}"
        );
    }
    for line in [
        "INFO REFUSED JOIN board:0 socket=UserSocket channel=Board topic=board:0 params={} reply={\"reason\": \"no such task\"} reason=no such task",
        "ERROR FAILED JOIN board:1 socket=UserSocket channel=Board topic=board:1 params={} error=cannot read the store: database down",
        "INFO REFUSED JOIN board:x socket=UserSocket channel=Board topic=board:x params={} reply={\"reason\": \"unmatched topic\"}",
        "ERROR FAILED JOIN any:io socket=UserSocket channel=Any topic=any:io params={} error=database down",
        "ERROR FAILED JOIN any:any socket=UserSocket channel=Any topic=any:any params={} error=cannot find the user: database down",
        "ERROR FAILED JOIN any:boxed socket=UserSocket channel=Any topic=any:boxed params={} error=cannot read the store: database down",
        "INFO REFUSED JOIN any:no socket=UserSocket channel=Any topic=any:no params={} reply={\"reason\": \"members\\nonly\"}",
        "INFO REFUSED JOIN any:token socket=UserSocket channel=Any topic=any:token params={} \
         reply={\"reason\": \"unauthorized\"} reason=the token is not valid: it was changed, or made with another secret or salt, or of other data",
        "INFO REFUSED JOIN any:wrapped socket=UserSocket channel=Any topic=any:wrapped params={} \
         reply={\"reason\": \"unauthorized\"} reason=the token is not valid: it was changed, or made with another secret or salt, or of other data",
        "INFO REFUSED JOIN owner:1 socket=UserSocket channel=Owner topic=owner:1 params={} \
         reply={\"reason\": \"unauthorized\"} reason=the token is not valid: it was changed, or made with another secret or salt, or of other data",
    ] {
        log.is_once(line);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_refuses_or_fails() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Boards>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let board = client.join("board:2", json!({})).await.expect("a channel");
    assert_eq!(
        board.push("finish", 0).await.error::<Value>(),
        json!({"reason": "no such task"})
    );
    for (event, payload) in [
        ("finish", json!(1)),
        ("open", json!({})),
        ("shut", json!({})),
        ("a b", json!({})),
    ] {
        assert_eq!(
            board.push(event, payload).await.error::<Value>(),
            json!({"reason": "internal error"})
        );
    }
    assert_eq!(board.push("finish", 2).await.ok::<Value>(), json!({}));
    let of = "socket=UserSocket channel=Board topic=board:2";
    for line in [
        format!("DEBUG a channel's callback refused {of} event=finish reason=no such task"),
        format!(
            "ERROR a channel's callback failed {of} event=finish error=cannot read the store: database down"
        ),
        format!(
            "ERROR a channel's callback failed {of} event=open error=cannot read the store: database down"
        ),
        format!(
            "ERROR a channel's callback failed {of} event=shut error=cannot read the store: database down"
        ),
        format!(
            "ERROR a channel's callback failed {of} event=\"a b\" error=cannot find the user: database down"
        ),
        format!("ERROR a channel's callback failed {of} error=cannot find the user: database down"),
    ] {
        log.is_once(&line);
    }
    assert_eq!(log.with("a reply to no message"), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_log_says_why_a_payload_does_not_fit() {
    let (log, _guard) = Log::start();
    let site = testing::start::<Boards>().await;
    let client = site.connect("/socket").await.expect("a connection");
    let invalid = json!({"reason": "invalid payload"});
    let refused = client.join("form:1", json!({"name": 5})).await;
    let refused = refused.expect_err("the name is no text");
    assert_eq!(refused.parse::<Value>(), invalid);
    let board = client.join("board:3", json!({})).await.expect("a channel");
    assert_eq!(board.push("finish", "soon").await.error::<Value>(), invalid);
    site.broadcast("board:3", "moved", json!("far"))
        .expect("a broadcast");
    board.push("finish", 2).await.ok::<Value>();
    for line in [
        "DEBUG the payload of a join does not fit: invalid payload: the value has another shape: \
         invalid type: integer, expected a string",
        "DEBUG a message was not handled: invalid payload: the value has another shape: \
         invalid type: string, expected u8",
        "ERROR a broadcast was not handled: invalid payload: the value has another shape: \
         invalid type: string, expected u8",
    ] {
        assert_eq!(log.with(line).len(), 1, "{line}\n{:#?}", log.with(""));
    }
}

#[tokio::test]
async fn handlers_can_be_called_by_a_test() {
    let mut out = testing::outlet("board:7");
    let told = Board.finish(0).await.expect_err("there is none");
    assert!(matches!(told, AppError::NoSuchTask), "{told:?}");
    assert_eq!(
        Board.turn().expect_err("as asked"),
        Reply::because("internal error")
    );
    assert!(Board.handle_info((), &mut out).await.is_err());

    out.push("moved", json!({"to": 3}));
    out.broadcast_from("moved", json!({"to": 4}))
        .expect("a broadcast");
    let later = out.socket_ref().expect("a message is being handled");
    later
        .reply(Reply::ok(json!({"done": true})))
        .expect("a reply");
    assert_eq!(out.topic(), "board:7");
    assert_eq!(out.take(), [("moved".to_owned(), json!({"to": 3}).into())]);
    assert_eq!(
        out.take_replies(),
        [("ok".to_owned(), json!({"done": true}).into())]
    );
    let broadcasts = out.take_broadcasts();
    assert_eq!((broadcasts.len(), broadcasts[0].topic()), (1, "board:7"));
}
