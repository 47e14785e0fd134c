use std::{sync::Arc, time::Duration};

use http_body_util::BodyExt;
use tokio::time::Instant;

use super::*;

/// Within a tick or two.
#[track_caller]
fn assert_took(start: Instant, seconds: u64) {
    let (took, limit) = (start.elapsed(), Duration::from_secs(seconds));
    assert!(
        took >= limit && took <= limit + Duration::from_secs(1),
        "took {took:?} instead of {limit:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_closed() {
    let server = Harness::new(mirror());
    let start = Instant::now();
    assert_eq!(server.connect().rest().await, "");
    assert_took(start, 15);
}

#[tokio::test(start_paused = true)]
async fn a_slow_head_has_one_deadline_whatever_it_sends() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    let start = Instant::now();
    client.send("GET / HTTP/1.1\r\nhost: a\r\n").await;
    let (mut reader, mut writer) = tokio::io::split(client.0);
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x: y\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut all = String::new();
    reader.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{all}");
    assert_took(start, 15);
    drip.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_second_head_of_a_connection_has_a_deadline_too() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    client.exchange(HELLO).await;
    tokio::time::sleep(Duration::from_secs(40)).await;
    let start = Instant::now();
    client.send("GET ").await;
    assert!(client.rest().await.starts_with("HTTP/1.1 408 "));
    assert_took(start, 15);
}

/// A head that came together with the request before it, and one after empty lines.
#[tokio::test(start_paused = true)]
async fn a_head_that_begins_early_has_a_deadline_too() {
    let server = Harness::new(mirror());
    for begun in ["GET ", "\r\nGET /"] {
        let mut client = server.connect();
        let start = Instant::now();
        client.send(format!("{HELLO}{begun}")).await;
        client.response().await;
        assert!(client.rest().await.starts_with("HTTP/1.1 408 "));
        assert_took(start, 15);
    }
    let mut client = server.connect();
    let start = Instant::now();
    client.send(format!("{HELLO}\r\n")).await;
    client.response().await;
    assert_eq!(client.rest().await, "", "an empty line is not a request");
    assert_took(start, 60);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    client.exchange(HELLO).await;
    let start = Instant::now();
    assert_eq!(client.rest().await, "");
    assert_took(start, 60);
}

#[tokio::test(start_paused = true)]
async fn a_service_may_take_its_time() {
    let server = Harness::new(With(|_| async {
        tokio::time::sleep(Duration::from_secs(600)).await;
        Response::new(Body::from("at last"))
    }));
    assert!(server.connect().exchange(HELLO).await.ends_with("at last"));
}

#[tokio::test(start_paused = true)]
async fn limits_may_be_as_long_as_one_likes() {
    let forever = Duration::MAX;
    let config = HttpConfig {
        header_timeout: forever,
        idle_timeout: forever,
        ..HttpConfig::default()
    };
    let server = Harness::stopping_in(
        forever,
        TrustedProxies::none(),
        Front::bare(mirror()),
        config,
    );
    let mut client = server.connect();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    client.exchange(HELLO).await;
    server.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn limits_hold_after_a_time_without_connections() {
    let server = Harness::new(mirror());
    server.connect().exchange(HELLO).await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let start = Instant::now();
    assert_eq!(server.connect().rest().await, "");
    assert_took(start, 15);
}

fn reader() -> impl Serve {
    With(|request: Request<Body>| async {
        let body = request
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes().len());
        Response::new(Body::from(format!("{body:?}")))
    })
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_answered_408() {
    let server = Harness::new(reader());
    let mut client = server.connect();
    let start = Instant::now();
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nfive.")
        .await;
    assert!(
        client
            .rest()
            .await
            .starts_with("HTTP/1.1 408 Request Timeout\r\n")
    );
    assert_took(start, 15);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_cut_off_after_a_minute() {
    let server = Harness::new(reader());
    let mut client = server.connect();
    let start = Instant::now();
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n")
        .await;
    let (mut reader, mut writer) = tokio::io::split(client.0);
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    let mut all = String::new();
    reader.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("HTTP/1.1 408 "), "{all}");
    assert_took(start, 60);
    drip.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_long_body_that_flows_is_not_cut_off() {
    let server = Harness::new(reader());
    let mut client = server.connect();
    let length = 16 * 1024 * 200;
    client
        .send(format!(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n"
        ))
        .await;
    for _ in 0..100 {
        client.send(vec![b'x'; 32 * 1024]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(client.response().await.ends_with(&format!("Ok({length})")));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_cut_off() {
    let server = Harness::new(With(|_| {
        ready(Response::new(Body::from(vec![b'x'; 1 << 20])))
    }));
    let mut client = server.connect();
    let start = Instant::now();
    client.send(HELLO).await;
    server.tracker.close();
    while server.tracker.len() > 2 || start.elapsed().is_zero() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_took(start, 30);
}

#[tokio::test]
async fn a_head_over_the_limit_is_answered_431() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    let mut request = String::from("GET / HTTP/1.1\r\nhost: a\r\n");
    for i in 0..90 {
        request += &format!("x-{i}: {}\r\n", "y".repeat(1000));
    }
    let (mut reader, mut writer) = tokio::io::split(client_io(&mut client));
    let write = async {
        let _ = writer.write_all(request.as_bytes()).await;
    };
    let mut all = String::new();
    let (_, read) = tokio::join!(write, reader.read_to_string(&mut all));
    read.unwrap();
    assert!(
        all.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
        "{all}"
    );
}

fn client_io(client: &mut Client) -> &mut DuplexStream {
    &mut client.0
}

#[tokio::test]
async fn more_headers_than_allowed_are_answered_431() {
    for most in [100, 20] {
        let server = Harness::with(
            mirror(),
            HttpConfig {
                max_headers: most,
                ..HttpConfig::default()
            },
        );
        let headers = |count: usize| "x: y\r\n".repeat(count);
        let mut client = server.connect();
        let fits = client
            .exchange(format!(
                "GET / HTTP/1.1\r\nhost: a\r\n{}\r\n",
                headers(most - 1)
            ))
            .await;
        assert!(fits.starts_with("HTTP/1.1 200 "), "{fits}");
        client
            .send(format!(
                "GET / HTTP/1.1\r\nhost: a\r\n{}\r\n",
                headers(most)
            ))
            .await;
        assert!(client.rest().await.starts_with("HTTP/1.1 431 "));
    }
}

#[tokio::test]
async fn over_the_connection_limit_the_answer_is_503() {
    // Two tasks belong to the server.
    let config = HttpConfig {
        max_connections: Some(4),
        ..HttpConfig::default()
    };
    let server = Harness::with(mirror(), config);
    let mut first = server.connect();
    let mut second = server.connect();
    first.exchange(HELLO).await;
    second.exchange(HELLO).await;
    let refused = server.connect().rest().await;
    assert!(
        refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
        "{refused}"
    );
    assert!(
        first.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
        "others are undisturbed"
    );
    drop(second);
    while server.tracker.len() > 3 {
        tokio::task::yield_now().await;
    }
    assert!(
        server
            .connect()
            .exchange(HELLO)
            .await
            .starts_with("HTTP/1.1 200 ")
    );
}

#[tokio::test]
async fn over_the_limit_of_one_client_the_answer_is_429() {
    let config = HttpConfig {
        max_connections_per_ip: Some(2),
        ..HttpConfig::default()
    };
    let server = Harness::behind(["10.0.0.0/8"].into(), mirror(), config);
    let mut clients = Vec::new();
    for address in [
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "2001:db8::1",
        "2001:db8::2:2",
    ] {
        let mut client = server.connect_from(Some(address));
        assert!(
            client.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
            "{address}"
        );
        clients.push(client);
    }
    for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::ffff:0:0:1"] {
        let refused = server.connect_from(Some(address)).rest().await;
        assert!(
            refused.starts_with("HTTP/1.1 429 Too Many Requests\r\n"),
            "{address}: {refused}"
        );
        assert!(
            refused.contains("\r\nretry-after: 1\r\n"),
            "{address}: {refused}"
        );
    }
    // Others, proxies, and those without an address.
    for address in [
        Some("192.0.2.2"),
        Some("2001:db8:0:1::1"),
        Some("10.0.0.1"),
        Some("10.0.0.1"),
        Some("10.0.0.1"),
        None,
        None,
        None,
    ] {
        let mut client = server.connect_from(address);
        assert!(
            client.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
            "{address:?}"
        );
        clients.push(client);
    }
    let left = server.tracker.len();
    drop(clients.remove(0));
    while server.tracker.len() == left {
        tokio::task::yield_now().await;
    }
    assert!(
        server
            .connect_from(Some("192.0.2.1"))
            .exchange(HELLO)
            .await
            .starts_with("HTTP/1.1 200 ")
    );
}

#[tokio::test(start_paused = true)]
async fn without_file_descriptors_the_server_waits_and_goes_on() {
    const EMFILE: i32 = 24;
    let server = Harness::new(mirror());
    let mut before = server.connect();
    before.exchange(HELLO).await;
    for _ in 0..30 {
        server
            .connections
            .send(Err(io::Error::from_raw_os_error(EMFILE)))
            .unwrap();
    }
    let start = Instant::now();
    let mut after = server.connect();
    assert!(
        before.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
        "others are undisturbed"
    );
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(after.exchange(HELLO).await.starts_with("HTTP/1.1 200 "));
    // 5 ms, 10 ms, .. 640 ms, and a second for each of the others.
    assert_took(start, 23);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_left_the_queue_delays_nobody() {
    let server = Harness::new(mirror());
    for _ in 0..1000 {
        server
            .connections
            .send(Err(io::ErrorKind::ConnectionAborted.into()))
            .unwrap();
    }
    let start = Instant::now();
    server.connect().exchange(HELLO).await;
    assert!(start.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_the_pause() {
    let server = Harness::new(mirror());
    for _ in 0..20 {
        server
            .connections
            .send(Err(io::Error::other("broken")))
            .unwrap();
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let start = Instant::now();
    server.stopped().await;
    assert!(start.elapsed().is_zero(), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_silent_connections_disturb_nobody() {
    let server = Harness::new(mirror());
    let silent: Vec<_> = (0..1000).map(|_| server.connect()).collect();
    let mut client = server.connect();
    assert!(client.exchange(HELLO).await.starts_with("HTTP/1.1 200 "));
    drop(client);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(server.tracker.len(), 2, "all of them are gone");
    let _ = Arc::new(silent);
}
