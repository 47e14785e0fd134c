//! Tokens: what they open, and what they do not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use landfall::{config::Secret, prelude::*, pubsub::PubSub, testing::Network, token::Tokens};
use landfall_tests::{
    longpoll::{Answer, Poller, poll, post},
    wire::{Connection, Request},
};
use tokio::time::Instant;

use super::site::{Harbour, SECRET, start};

const TARGET: &str = "/talk/longpoll";

async fn ask(network: &Network, request: &Request) -> Answer {
    Answer::of(
        Connection::through(network)
            .await
            .request(request)
            .await
            .expect("an answer"),
    )
}

/// A poll with this token opens a new session, and messages with it reach no socket.
async fn is_refused(harbour: &Harbour, token: &str) {
    let before = harbour.site.stats().connections;
    let answer = ask(&harbour.network, &post(TARGET, token, "say intruder")).await;
    assert_eq!((answer.status, answer.token), (410, None), "{token}");
    let answer = ask(&harbour.network, &poll(TARGET, token)).await;
    assert_eq!((answer.status, answer.messages.len()), (410, 0), "{token}");
    assert!(
        answer
            .token
            .is_some_and(|new| !new.is_empty() && new != token),
        "the server chooses"
    );
    assert_eq!(harbour.site.stats().connections, before + 1, "{token}");
}

#[tokio::test(start_paused = true)]
async fn every_answer_renews_it() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    let mut seen = vec![client.token.clone()];
    for round in 0..6 {
        client.say("say something").await;
        client.poll().await;
        assert!(!seen.contains(&client.token), "round {round}");
        seen.push(client.token.clone());
    }
}

#[tokio::test(start_paused = true)]
async fn its_header_wins_over_its_parameter() {
    let harbour = start().await;
    let (mut first, mut second) = (harbour.open(TARGET).await, harbour.open(TARGET).await);
    let header = |request: Request, token: &str| request.header("x-phoenix-longpoll-token", token);
    let request = header(
        Request {
            method: "POST".to_owned(),
            ..Request::get(TARGET)
        },
        &first.token,
    );
    let request = Request {
        body: "say by header".to_owned(),
        ..request.header("content-length", "13")
    };
    assert_eq!(ask(&harbour.network, &request).await.status, 200);
    let both = header(
        post(TARGET, &second.token, "say to the first"),
        &first.token,
    );
    assert_eq!(ask(&harbour.network, &both).await.status, 200);
    assert_eq!(first.messages(2).await, ["by header", "to the first"]);
    let wrong = header(post(TARGET, &second.token, "say to nobody"), "wrong");
    assert_eq!(ask(&harbour.network, &wrong).await.status, 410);
    assert_eq!(second.say("say hello").await, 200);
    assert_eq!(second.messages(1).await, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_string_is_no_token() {
    let harbour = start().await;
    let client = harbour.open(TARGET).await;
    for query in [
        "token",
        "token=",
        "",
        "token[]=x",
        &format!("token[]={}", client.token),
        "token[a]=b",
        "&&",
    ] {
        let answer = ask(
            &harbour.network,
            &Request::get(&format!("{TARGET}?{query}")),
        )
        .await;
        assert_eq!(answer.status, 410, "{query}");
        let request = Request {
            method: "POST".to_owned(),
            ..Request::get(&format!("{TARGET}?{query}"))
        };
        assert_eq!(ask(&harbour.network, &request).await.status, 410, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn threat_8_no_byte_of_it_can_be_changed() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    client.say("say secret").await;
    for at in 0..client.token.len() {
        let mut changed = client.token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        let answer = ask(&harbour.network, &post(TARGET, &changed, "say intruder")).await;
        assert_eq!(answer.status, 410, "{changed}");
        // The answer does not tell why.
        assert_eq!(answer.response.body, "{\"status\":410}");
    }
    for at in [0, 1, client.token.len() / 2, client.token.len() - 1] {
        is_refused(&harbour, &client.token[..at]).await;
    }
    is_refused(&harbour, &format!("{}A", client.token)).await;
    assert_eq!(client.poll().await.messages, ["secret"]);
}

#[tokio::test(start_paused = true)]
async fn threat_8_nobody_else_can_make_one() {
    let harbour = start().await;
    let client = harbour.open(TARGET).await;
    let payload = client.token.split('.').nth(1).expect("three parts");
    let signature = client.token.split('.').nth(2).expect("three parts");
    let now = SystemTime::now();
    // Tokens of another secret, and tokens of the right secret for another purpose.
    let foreign = Tokens::new(&Secret::from("x".repeat(64).as_str()), "landfall longpoll")
        .expect("long enough");
    let purpose = harbour.site.tokens("user socket").expect("a secret");
    let parts = (
        "lf3", "context", "node", "endpoint", "session", 0_u64, 0_u64, 0_u64,
    );
    for token in [
        foreign.sign_at(&parts, now).expect("a token"),
        purpose.sign_at(&parts, now).expect("a token"),
        purpose.encrypt(&parts).expect("a token"),
        format!("SFMyNTY.{payload}."),
        format!("bm9uZQ.{payload}.{signature}"),
        format!("..{signature}"),
        "A".repeat(10_000),
    ] {
        is_refused(&harbour, &token).await;
    }
}

#[tokio::test(start_paused = true)]
async fn threat_8_a_session_is_as_unknown_as_its_name_is_long() {
    let harbour = start().await;
    let mut names = std::collections::HashSet::new();
    for _ in 0..50 {
        let client = harbour.open(TARGET).await;
        let payload = client.token.split('.').nth(1).expect("three parts");
        let payload = data_encoding::BASE64URL_NOPAD
            .decode(payload.as_bytes())
            .expect("base64");
        let payload = String::from_utf8_lossy(&payload).into_owned();
        assert!(
            payload.contains("lf3") && payload.contains(harbour.site.endpoint_id()),
            "{payload:?}"
        );
        assert!(names.insert(payload));
    }
}

/// Tokens use the system's clock, which the test cannot move. It makes an old token instead.
#[tokio::test(start_paused = true)]
async fn threat_8_one_that_is_too_old_opens_nothing() {
    let harbour = start().await;
    let mut client = harbour.open("/brief/longpoll").await;
    assert_eq!(client.say("say hello").await, 200);
    let old = aged(&harbour.site, &client.token, Duration::from_secs(61));
    is_refused_at(&harbour, "/brief/longpoll", &old).await;
    assert_eq!(client.messages(1).await, ["hello"]);
}

/// Each mount has its own rules: a session of one mount is refused at another.
#[tokio::test(start_paused = true)]
async fn threat_8_one_of_another_mount_opens_nothing() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    assert_eq!(client.say("say secret").await, 200);
    let evil = |request: Request| request.header("origin", "https://evil.example");
    for target in [
        "/any/longpoll",
        "/brief/longpoll",
        "/narrow/longpoll",
        "/room/7/longpoll",
    ] {
        let began = Instant::now();
        is_refused_at(&harbour, target, &client.token).await;
        assert!(began.elapsed().is_zero(), "nobody is asked for it");
    }
    // The rule about origins is off at `/any`, and still holds for the session.
    let answer = ask(
        &harbour.network,
        &evil(post("/any/longpoll", &client.token, "say intruder")),
    )
    .await;
    assert_eq!(answer.status, 410);
    let answer = ask(
        &harbour.network,
        &evil(poll("/any/longpoll", &client.token)),
    )
    .await;
    assert_eq!((answer.status, answer.messages.len()), (410, 0));
    for request in [
        poll(TARGET, &client.token),
        post(TARGET, &client.token, "say intruder"),
    ] {
        assert_eq!(ask(&harbour.network, &evil(request)).await.status, 403);
    }
    assert_eq!(client.messages(1).await, ["secret"], "and nobody else's");
}

/// `connect` decided about the path, too.
#[tokio::test(start_paused = true)]
async fn threat_8_one_of_another_path_opens_nothing() {
    let harbour = start().await;
    let mut client = harbour.open("/room/7/longpoll").await;
    is_refused_at(&harbour, "/room/8/longpoll", &client.token).await;
    is_refused_at(&harbour, "/room/07/longpoll", &client.token).await;
    // This is the same path, written in another way.
    let same = post("//room/%37//longpoll/", &client.token, "what?");
    assert_eq!(ask(&harbour.network, &same).await.status, 200);
    assert_eq!(client.messages(1).await.len(), 1);
}

async fn is_refused_at(harbour: &Harbour, target: &str, token: &str) {
    assert_eq!(
        ask(&harbour.network, &post(target, token, "say intruder"))
            .await
            .status,
        410
    );
    assert_eq!(
        ask(&harbour.network, &poll(target, token)).await.status,
        410
    );
}

/// The same token, as the endpoint would have signed it `age` earlier.
fn aged(handle: &Handle, token: &str, age: Duration) -> String {
    type Said = (String, String, String, String, String, u64, u64, u64);
    let tokens = handle.tokens("landfall longpoll").expect("a secret");
    let said: Said = tokens.verify(token).expect("a token of this endpoint");
    let opened = UNIX_EPOCH + Duration::from_millis(said.5);
    tokens.sign_at(&said, opened - age).expect("a token")
}

/// A renewed token is as old as its session.
#[tokio::test]
async fn its_age_is_its_sessions() {
    let harbour = start().await;
    let mut client = harbour.open("/brief/longpoll").await;
    let said: (String, String, String, String, String, u64, u64, u64) = harbour
        .site
        .tokens("landfall longpoll")
        .expect("a secret")
        .verify(client.token.as_str())
        .expect("ours");
    tokio::time::sleep(Duration::from_millis(20)).await;
    client.say("say hello").await;
    client.poll().await;
    let later: (String, String, String, String, String, u64, u64, u64) = harbour
        .site
        .tokens("landfall longpoll")
        .expect("a secret")
        .verify(client.token.as_str())
        .expect("ours");
    assert_eq!((&said.4, said.5), (&later.4, later.5));
    assert_ne!((said.6, said.7), (later.6, later.7));
    harbour.stop().await;
}

endpoint! {
    /// Has the same secret.
    struct Other;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    socket("/talk", Mute, longpoll(window = secs(1), pubsub_timeout = millis(700)));
}

struct Mute;

#[socket]
impl Mute {
    async fn connect() -> Result<Self, Refused> {
        Ok(Mute)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

/// This holds whether or not the endpoints share their topics.
#[tokio::test(start_paused = true)]
async fn threat_8_one_of_another_endpoint_opens_nothing() {
    let harbour = start().await;
    for pubsub in [PubSub::new(), harbour.site.pubsub().clone()] {
        let mut client = harbour.open(TARGET).await;
        let (network, listener) = Network::new();
        let other = Other::builder()
            .listener(listener)
            .pubsub(pubsub)
            .start()
            .await
            .expect("it starts");
        let began = Instant::now();
        assert_eq!(
            ask(&network, &post(TARGET, &client.token, "say intruder"))
                .await
                .status,
            410
        );
        let mut at_other = Poller::with(Connection::through(&network).await, TARGET, &client.token);
        assert_eq!(at_other.poll().await.status, 410);
        assert!(began.elapsed().is_zero(), "nobody is asked for it");
        assert_eq!(at_other.say("hello").await, 200);
        assert_eq!(other.stats().connections, 1);
        other.shutdown().await.expect("a clean end");
        assert_eq!(client.say("say hello").await, 200);
        assert_eq!(client.messages(1).await, ["hello"]);
    }
    harbour.stop().await;
}

/// An endpoint knows its own sessions: nobody else is asked.
#[tokio::test(start_paused = true)]
async fn one_whose_session_has_ended_is_answered_at_once() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    let old = client.token.clone();
    client.say("leave").await;
    landfall_tests::wait::until("it has ended", || harbour.site.stats().connections == 0).await;
    let began = Instant::now();
    is_refused(&harbour, &old).await;
    assert!(began.elapsed().is_zero());
}

/// Phoenix's client does this with `params: {token: ..}`. The session's token comes second.
#[tokio::test(start_paused = true)]
async fn a_parameter_of_the_applications_may_be_called_token() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll?token=mine&vsn=2.0.0").await;
    assert_eq!(client.say("token?").await, 200);
    assert_eq!(client.messages(1).await, ["mine"]);
    // The session that replaces one that has ended gets it, too.
    assert_eq!(client.say("leave").await, 200);
    assert_eq!(client.poll().await.status, 410);
    assert_eq!(client.say("token?").await, 200);
    assert_eq!(client.messages(1).await, ["mine"]);
    // The session's own token is not a parameter of the application.
    let mut client = harbour.open("/talk/longpoll?vsn=2.0.0").await;
    assert_eq!(client.say("leave").await, 200);
    assert_eq!(client.poll().await.status, 410);
    assert_eq!(client.say("token?").await, 200);
    assert_eq!(client.messages(1).await, [""]);
    drop(client);
    harbour.stop().await;
}
