//! What `Debug` and answers must not show. Logs have a program of their own, `longpoll_log`.

use landfall::{
    Endpoint,
    config::{Secret, Setting},
    mount::{LongPoll, Mount, SocketDef},
    prelude::*,
};
use landfall_tests::{longpoll::post, wire::Connection};

use super::site::{SECRET, start};

struct Parrot;

#[socket]
impl Parrot {
    async fn connect() -> Result<Self, Refused> {
        Ok(Parrot)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

#[tokio::test(start_paused = true)]
async fn threat_18_debug_shows_no_secret() {
    let harbour = start().await;
    let client = harbour.open("/talk/longpoll").await;
    let shown = [
        format!("{:?}", harbour.site),
        format!("{:?}", harbour.site.handle()),
        format!("{:?}", harbour.site.config()),
        format!("{:?}", harbour.site.service()),
        format!("{:?}", super::site::Site::DEF),
        format!("{:?}", Secret::from(SECRET)),
    ];
    for text in shown {
        assert!(
            !text.contains(SECRET) && !text.contains(&client.token),
            "{text}"
        );
    }
}

/// The secret protects the tokens of sessions. Without a good secret, no endpoint starts.
#[tokio::test(start_paused = true)]
async fn threat_18_longpoll_does_not_start_without_a_good_secret() {
    struct Bare;
    impl Endpoint for Bare {
        type State = ();
        const DEF: &'static landfall::endpoint::EndpointDef = &landfall::endpoint::EndpointDef {
            name: "Bare",
            mounts: &[Mount::new("/bare", SocketDef::of::<Parrot, ()>("Parrot"))
                .without_websocket()
                .longpoll(LongPoll::DEFAULT)],
            ..landfall::endpoint::EndpointDef::DEFAULT
        };
    }
    let start = async |secret: Option<&str>| {
        let set = |settings: &mut landfall::config::Settings| {
            if let Some(secret) = secret {
                settings.secret_key_base = Setting::given(secret);
            }
        };
        Bare::builder().settings(set).start().await
    };
    let error = start(None).await.expect_err("no secret").to_string();
    assert!(
        error.contains("`longpoll` signs its tokens but no `secret_key_base` is set"),
        "{error}"
    );
    assert!(error.contains("longpoll of /bare"), "{error}");
    let error = start(Some(&SECRET[..63]))
        .await
        .expect_err("too short")
        .to_string();
    assert!(!error.contains(&SECRET[..63]), "{error}");
    start(Some(SECRET))
        .await
        .expect("a good one")
        .shutdown()
        .await
        .expect("a clean end");
}

/// All wrong tokens get the same answer, so that it tells nothing about the right token.
#[tokio::test(start_paused = true)]
async fn threat_17_wrong_tokens_are_all_answered_alike() {
    let harbour = start().await;
    let client = harbour.open("/talk/longpoll").await;
    let mut answers = std::collections::HashSet::new();
    for at in 0..client.token.len() {
        let mut token = client.token.clone().into_bytes();
        token[at] = if token[at] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(token).expect("ASCII");
        let answer = Connection::through(&harbour.network)
            .await
            .request(&post("/talk/longpoll", &token, "x"))
            .await
            .expect("an answer");
        let headers = answer
            .headers
            .into_iter()
            .filter(|(name, _)| name != "date")
            .collect::<Vec<_>>();
        answers.insert((answer.status, headers, answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}
