//! What a socket learns about the request that opened its session.

use std::net::SocketAddr;

use landfall_tests::{
    longpoll::{Answer, Poller, poll},
    wire::{Connection, Request},
};
use serde_json::{Value, json};

use super::site::{Harbour, start};

const TARGET: &str = "/room/7/longpoll";

/// What the socket that this request opened knows.
async fn known(harbour: &Harbour, request: &Request) -> Value {
    let address = SocketAddr::from(([192, 0, 2, 7], 9));
    let mut connection = Connection::through_from(&harbour.network, Some(address)).await;
    let answer = Answer::of(connection.request(request).await.expect("an answer"));
    assert_eq!(answer.status, 410);
    let mut client = Poller::with(connection, TARGET, &answer.token.expect("a token"));
    // Headers of later requests do not reach the socket.
    let later = landfall_tests::longpoll::post(TARGET, &client.token, "what?")
        .header("x-phoenix-authtoken", "later")
        .header("user-agent", "later");
    assert_eq!(client.ask(&later).await.status, 200);
    serde_json::from_str(&client.messages(1).await[0]).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn it_learns_what_the_mount_grants() {
    let harbour = start().await;
    let request = poll(TARGET, "")
        .header("user-agent", "a ship")
        .header("x-phoenix-authtoken", "open sesame")
        .header("x-tide", "high")
        .header("cookie", "not=for you");
    assert_eq!(
        known(&harbour, &request).await,
        json!({
            "id": 7,
            "auth_token": "open sesame",
            "user": null,
            "session": false,
            "path": "/room/7/longpoll",
            "user_agent": "a ship",
            "peer": "192.0.2.7:9",
            "x_headers": ["x-phoenix-authtoken", "x-tide"],
            "transport": "longpoll",
        })
    );
    let known = known(&harbour, &poll(TARGET, "")).await;
    assert_eq!(
        (&known["auth_token"], &known["user_agent"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test(start_paused = true)]
async fn a_path_that_is_no_number_is_refused_as_by_websocket() {
    let harbour = start().await;
    let answer = Connection::through(&harbour.network)
        .await
        .request(&poll("/room/seven/longpoll", ""))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        "parameter `id` is not valid: expected a whole number (`u32`)"
    );
}

/// A page gets the visitor's session only if it shows the token in that session.
#[tokio::test(start_paused = true)]
async fn threat_2_a_foreign_page_gets_no_session() {
    let harbour = start().await;
    let login = async || {
        let answer = Connection::through(&harbour.network)
            .await
            .request(&Request::get("/login"))
            .await
            .expect("an answer");
        let cookie = answer
            .header("set-cookie")
            .expect("a cookie")
            .split(';')
            .next()
            .expect("a value")
            .to_owned();
        (cookie, answer.body)
    };
    let ((cookie, token), (_, others)) = (login().await, login().await);
    let mut changed = token.clone();
    changed.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    for (query, user) in [
        (format!("?_csrf_token={token}&"), json!("ann")),
        (format!("?_csrf_token={changed}&"), Value::Null),
        (format!("?_csrf_token={others}&"), Value::Null),
        (format!("?_csrf_token[]={token}&"), Value::Null),
        ("?_csrf_token=&".to_owned(), Value::Null),
        ("?".to_owned(), Value::Null),
    ] {
        let request = Request::get(&format!("{TARGET}{query}")).header("cookie", &cookie);
        let known = known(&harbour, &request).await;
        assert_eq!(
            (&known["user"], &known["session"]),
            (&user, &json!(!user.is_null())),
            "{query}"
        );
    }
    let known = known(
        &harbour,
        &Request::get(&format!("{TARGET}?_csrf_token={token}&")),
    )
    .await;
    assert_eq!(
        known["session"],
        json!(false),
        "without the cookie there is nothing"
    );
}
