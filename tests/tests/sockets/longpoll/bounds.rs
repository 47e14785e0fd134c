//! What one client can take of the server at most.

use std::net::SocketAddr;

use landfall::socket::Reason;
use landfall_tests::{
    longpoll::{Answer, poll},
    wait::until,
    wire::Connection,
};

use super::site::{Harbour, start};

const NARROW: &str = "/narrow/longpoll";

/// Opens a session from an address. Returns the HTTP status and the token.
async fn open_from(harbour: &Harbour, address: Option<&str>) -> (u16, Option<String>) {
    let address = address.map(|address| {
        format!("{address}:7")
            .parse::<SocketAddr>()
            .expect("an address")
    });
    let answer = Connection::through_from(&harbour.network, address)
        .await
        .request(&poll(NARROW, ""))
        .await
        .expect("an answer");
    if answer.status != 200 {
        return (answer.status, None);
    }
    (200, Answer::of(answer).token)
}

#[tokio::test(start_paused = true)]
async fn threat_9_sessions_are_counted() {
    let harbour = start().await;
    for address in ["192.0.2.1", "192.0.2.1", "192.0.2.2"] {
        assert_eq!(open_from(&harbour, Some(address)).await.0, 200, "{address}");
    }
    assert_eq!(
        open_from(&harbour, Some("192.0.2.1")).await.0,
        429,
        "two of an address"
    );
    assert_eq!(open_from(&harbour, None).await.0, 200, "without an address");
    assert_eq!(
        open_from(&harbour, Some("192.0.2.3")).await.0,
        503,
        "four in all"
    );
    // The sessions that are open stay.
    assert_eq!(harbour.site.stats().connections, 4);
    until("they have ended", || harbour.site.stats().connections == 0).await;
    let (status, token) = open_from(&harbour, Some("192.0.2.1")).await;
    assert_eq!(status, 200, "their places are free again");
    assert!(token.is_some());
    harbour.stop().await;
}

/// Opens a session from an address, forwarded for others. Returns the HTTP status.
async fn open_forwarded(
    harbour: &Harbour,
    mount: &str,
    address: Option<&str>,
    forwarded: &str,
) -> u16 {
    let address = address.map(|address| SocketAddr::new(address.parse().expect("an address"), 7));
    let request = poll(mount, "").header("x-forwarded-for", forwarded);
    Connection::through_from(&harbour.network, address)
        .await
        .request(&request)
        .await
        .expect("an answer")
        .status
}

#[tokio::test(start_paused = true)]
async fn one_client_is_an_ipv4_address_or_a_64_of_ipv6() {
    for (one, same, other) in [
        ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        ("2001:db8::1", "2001:db8::ffff:0:0:1", "2001:db8:0:1::1"),
    ] {
        let harbour = start().await;
        for (address, status) in [
            (one, 200),
            (same, 200),
            (one, 429),
            (same, 429),
            (other, 200),
        ] {
            // A header that anybody can send changes nothing.
            let found = open_forwarded(&harbour, NARROW, Some(address), "192.0.2.99").await;
            assert_eq!(found, status, "{address}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn behind_a_trusted_proxy_the_client_counts() {
    for proxy in [Some("10.0.0.1"), Some("::ffff:10.0.0.1")] {
        let harbour = start().await;
        for (forwarded, status) in [
            ("192.0.2.1", 200),
            ("6.6.6.6, 192.0.2.1, 10.0.0.2", 200),
            ("192.0.2.1", 429),
            ("7.7.7.7, 192.0.2.1", 429),
            ("192.0.2.2", 200),
            ("garbage, 10.0.0.2", 200),
        ] {
            assert_eq!(
                open_forwarded(&harbour, NARROW, proxy, forwarded).await,
                status,
                "{forwarded}"
            );
        }
        harbour.stop().await;
    }
}

/// The JavaScript client takes the refusal for a failure, and comes back later.
#[tokio::test(start_paused = true)]
async fn one_client_takes_not_all_places() {
    let harbour = start().await;
    let address = SocketAddr::from(([192, 0, 2, 1], 7));
    for place in 0..1000 {
        let status = open_forwarded(&harbour, "/talk/longpoll", Some("192.0.2.1"), "").await;
        assert_eq!(status, 200, "{place}");
    }
    let refused = Connection::through_from(&harbour.network, Some(address))
        .await
        .request(&poll("/talk/longpoll", ""))
        .await;
    let refused = refused.expect("an answer");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (429, "too many longpoll sessions of one client")
    );
    assert_eq!(
        refused.header("retry-after"),
        Some("2"),
        "one and a half windows of a second"
    );
    assert_eq!(
        open_forwarded(&harbour, "/talk/longpoll", Some("192.0.2.2"), "").await,
        200,
        "others come in"
    );
    harbour.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_client_takes_no_place() {
    let harbour = start().await;
    for how in ["refuse", "panic"] {
        for _ in 0..10 {
            let request = poll(&format!("{NARROW}?connect={how}"), "");
            let answer = Connection::through(&harbour.network)
                .await
                .request(&request)
                .await
                .expect("an answer");
            assert_eq!(answer.status, if how == "refuse" { 200 } else { 500 });
        }
    }
    for _ in 0..4 {
        assert_eq!(open_from(&harbour, None).await.0, 200);
    }
    assert_eq!(open_from(&harbour, None).await.0, 503);
}

/// A poll of a dead session asks for a new one, but all places are taken.
#[tokio::test(start_paused = true)]
async fn a_session_that_comes_back_counts_like_any_other() {
    let harbour = start().await;
    let mut client = harbour.open(NARROW).await;
    assert_eq!(client.say("leave").await, 200);
    until("it has ended", || harbour.site.stats().connections == 0).await;
    for _ in 0..4 {
        assert_eq!(open_from(&harbour, None).await.0, 200);
    }
    let answer = client
        .send(&poll(NARROW, &client.token.clone()))
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (503, "too many longpoll sessions")
    );
}

#[tokio::test(start_paused = true)]
async fn threat_9_what_a_callback_sends_makes_the_next_one_wait() {
    let harbour = start().await;
    let mut client = harbour.open(&format!("{NARROW}?name=floods")).await;
    assert_eq!(client.say("flood 900").await, 200);
    assert_eq!(
        client
            .beside(Connection::through(&harbour.network).await)
            .say("flood 900")
            .await,
        408
    );
    assert_eq!(client.poll().await.messages.len(), 100);
    assert_eq!(client.say("say heard").await, 200);
    assert_eq!(client.poll().await.messages, ["heard"]);
    until("it has ended", || harbour.site.stats().connections == 0).await;
    assert_eq!(harbour.ended("floods"), Some(Reason::Inactive));
}

#[tokio::test(start_paused = true)]
async fn broadcasts_overflow_like_messages() {
    let harbour = start().await;
    let mut client = harbour.open(&format!("{NARROW}?name=broadcast-to")).await;
    for _ in 0..8 {
        harbour.news("x".repeat(2000)).await;
    }
    until("it has ended", || harbour.site.stats().connections == 0).await;
    assert_eq!(harbour.ended("broadcast-to"), Some(Reason::Overflow));
    assert_eq!(client.poll().await.status, 410);
}

/// What was sent and not acknowledged counts: it may have to be sent again.
#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_counts_too() {
    let harbour = start().await;
    let mut client = harbour.open(&format!("{NARROW}?name=unacknowledged")).await;
    assert_eq!(client.poll().await.status, 204);
    for round in 0..20 {
        harbour.news("x".repeat(4000)).await;
        assert_eq!(client.poll().await.messages.len(), 1, "round {round}");
    }
    let mut lost = client.beside(Connection::through(&harbour.network).await);
    for _ in 0..3 {
        harbour.news("x".repeat(4000)).await;
        lost.token.clone_from(&client.token);
        if lost.poll().await.status == 410 {
            break;
        }
    }
    assert_eq!(harbour.ended("unacknowledged"), Some(Reason::Overflow));
}

/// Callbacks wait while more than half of the limit is used. Messages are not handled in time.
#[tokio::test(start_paused = true)]
async fn who_does_not_fetch_is_not_heard() {
    let harbour = start().await;
    let mut client = harbour.open(NARROW).await;
    harbour.news("x".repeat(6000)).await;
    let mut other = client.beside(Connection::through(&harbour.network).await);
    assert_eq!(other.say("say unheard").await, 408);
    assert_eq!(client.poll().await.messages.len(), 1);
    assert_eq!(client.say("say heard").await, 200);
    assert_eq!(client.messages(1).await, ["heard"]);
}

/// Requests with messages past the limit are refused, and none of them is handled.
#[tokio::test(start_paused = true)]
async fn requests_that_wait_are_counted() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    let mut busy = client.beside(Connection::through(&harbour.network).await);
    let mut requests = tokio::task::JoinSet::new();
    requests.spawn(async move { busy.say("sleep 500").await });
    tokio::task::yield_now().await;
    for number in 0..20 {
        let mut other = client.beside(Connection::through(&harbour.network).await);
        requests.spawn(async move { other.say(&format!("say {number}")).await });
    }
    let mut statuses = Vec::new();
    while let Some(status) = requests.join_next().await {
        statuses.push(status.expect("an answer"));
    }
    let accepted = statuses.iter().filter(|status| **status == 200).count();
    assert!((2..=6).contains(&accepted), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 408)),
        "{statuses:?}"
    );
    assert_eq!(client.messages(accepted).await.len(), accepted);
    assert_eq!(
        client.poll().await.status,
        204,
        "those that were refused were not handled"
    );
}

#[tokio::test(start_paused = true)]
async fn a_mount_may_drop_old_broadcasts_instead() {
    let harbour = start().await;
    let mut client = harbour.open("/lossy/longpoll").await;
    assert_eq!(client.poll().await.status, 204);
    // What the client was sent stays until it is acknowledged.
    harbour.news("kept").await;
    let mut lost = client.beside(Connection::through(&harbour.network).await);
    assert_eq!(lost.poll().await.messages, ["kept"]);
    for number in 0..50 {
        harbour.news(format!("{number:0100}")).await;
    }
    until("they have been sent", || {
        harbour.site.stats().dropped_broadcasts > 40
    })
    .await;
    let messages = client.poll().await.messages;
    let numbers: Vec<u32> = messages[1..]
        .iter()
        .map(|text| text.parse().expect("a number"))
        .collect();
    assert_eq!(messages[0], "kept");
    assert_eq!(numbers.last(), Some(&49), "the newest are there");
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
}
