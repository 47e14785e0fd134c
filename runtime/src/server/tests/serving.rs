use super::*;

#[tokio::test]
async fn requests_on_one_connection_are_served_in_turn() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    for path in ["/a", "/b?c=d"] {
        let response = client
            .exchange(format!("GET {path} HTTP/1.1\r\nhost: a.example\r\n\r\n"))
            .await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains("\r\ndate: "), "{response}");
        assert!(
            response.ends_with(&format!("GET {path} of a.example")),
            "{response}"
        );
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    client
        .send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    let all = client.rest().await;
    let order = (
        all.find("GET /1 of a").unwrap(),
        all.find("GET /2 of a").unwrap(),
    );
    assert!(order.0 < order.1);
}

#[tokio::test]
async fn an_absolute_target_names_the_host() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    let response = client
        .exchange("GET http://right.example:81/x?y HTTP/1.1\r\nhost: wrong.example\r\n\r\n")
        .await;
    assert!(
        response.ends_with("GET /x?y of right.example:81"),
        "{response}"
    );
    let response = client
        .exchange("GET http://right.example HTTP/1.1\r\nhost: wrong.example\r\n\r\n")
        .await;
    assert!(response.ends_with("GET / of right.example"), "{response}");
}

#[tokio::test]
async fn http_1_0_needs_no_host_and_closes() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    client.send("GET /old HTTP/1.0\r\n\r\n").await;
    let all = client.rest().await;
    assert!(
        all.starts_with("HTTP/1.0 200 OK") && all.ends_with("GET /old of none"),
        "{all}"
    );
}

#[tokio::test]
async fn stopping_finishes_the_request_in_flight() {
    let (begin, begun) = tokio::sync::oneshot::channel();
    let begin = std::sync::Mutex::new(Some(begin));
    let (end, ended) = tokio::sync::watch::channel(false);
    let begin = std::sync::Arc::new(begin);
    let service = With(move |_| {
        begin.lock().unwrap().take().unwrap().send(()).unwrap();
        let mut ended = ended.clone();
        async move {
            ended.wait_for(|ended| *ended).await.unwrap();
            Response::new(Body::from("finished"))
        }
    });
    let server = Harness::new(service);
    let (mut busy, mut idle) = (server.connect(), server.connect());
    busy.send(HELLO).await;
    begun.await.unwrap();
    server.stop.cancel();
    assert_eq!(
        idle.rest().await,
        "",
        "an idle connection is closed at once"
    );
    end.send(true).unwrap();
    let all = busy.rest().await;
    assert!(
        all.ends_with("finished") && all.contains("connection: close"),
        "{all}"
    );
    server.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn what_does_not_finish_is_cut_when_the_server_stops() {
    let server = Harness::new(With(|_| std::future::pending()));
    let mut client = server.connect();
    client.send(HELLO).await;
    tokio::task::yield_now().await;
    let start = tokio::time::Instant::now();
    server.stopped().await;
    let (least, most) = (SHUTDOWN, 32);
    assert!(
        start.elapsed() >= least && start.elapsed().as_secs() < most,
        "{:?}",
        start.elapsed()
    );
    assert_eq!(client.rest().await, "");
}

/// Stops a server with this option. Returns how long that took and how many requests were lost.
async fn stopping(server: Harness) -> (f64, usize) {
    let (start, lost) = (tokio::time::Instant::now(), server.lost.clone());
    server.stopped().await;
    (start.elapsed().as_secs_f64(), lost.count())
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_no_head() {
    for begun in ["", "\r\n", "G", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        for before in ["", HELLO] {
            let server = Harness::new(mirror());
            let mut client = server.connect();
            client.send(format!("{before}{begun}")).await;
            if !before.is_empty() {
                assert!(client.response().await.starts_with("HTTP/1.1 200 "));
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let closed = tokio::spawn(async move {
                let start = tokio::time::Instant::now();
                assert_eq!(client.rest().await, "");
                start.elapsed().as_secs_f64()
            });
            let (took, lost) = stopping(server).await;
            assert!(
                took < 0.3 && lost == 0,
                "{before:?} {begun:?}: {took} s, {lost} lost"
            );
            assert!(closed.await.unwrap() < 0.3, "{before:?} {begun:?}");
        }
    }
}

/// A client that is silent and stays connected does not delay the stop either.
#[tokio::test]
async fn who_comes_as_the_server_stops_is_left_to_the_next_one() {
    let server = Harness::new(mirror());
    server.connect().exchange(HELLO).await;
    let mut late = server.connect();
    late.send(HELLO).await;
    server.stopped().await;
    assert_eq!(late.rest().await, "");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_no_client_that_stays() {
    let server = Harness::new(mirror());
    let mut clients = Vec::new();
    for begun in ["", "GET", "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET"] {
        let mut client = server.connect();
        client.send(begun).await;
        clients.push(client);
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let (took, lost) = stopping(server).await;
    assert!(took < 2.0 && lost == 0, "{took} s, {lost} lost");
}

/// Requests that were complete when the stop began are answered.
#[tokio::test(start_paused = true)]
async fn a_request_that_has_come_is_served_at_a_stop() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    client.send(HELLO).await;
    let answer = tokio::spawn(async move { client.rest().await });
    let (took, lost) = stopping(server).await;
    assert!(answer.await.unwrap().ends_with("GET /hello of a"));
    assert!(took < 0.3 && lost == 0, "{took} s, {lost} lost");
}

/// A client that has not sent all of its request is told so, and no accepted request is lost.
#[tokio::test(start_paused = true)]
async fn a_body_that_dribbles_ends_with_the_requests_time() {
    let server = Harness::brief(With(|request: Request<Body>| async {
        let read = http_body_util::BodyExt::collect(request.into_body()).await;
        Response::new(Body::from(format!("{}", read.is_ok())))
    }));
    let mut client = server.connect();
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n")
        .await;
    let (mut reader, mut writer) = tokio::io::split(client.0);
    let dribble = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let (took, lost) = stopping(server).await;
    assert!(
        (1.0..1.5).contains(&took) && lost == 0,
        "{took} s, {lost} lost"
    );
    let mut all = String::new();
    reader.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("HTTP/1.1 408 "), "{all}");
    dribble.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_cut_off_is_counted() {
    let hang = || With(|_| std::future::pending::<Response<Body>>());
    let large = || With(|_| ready(Response::new(Body::from(vec![b'x'; 1 << 20]))));
    let server = Harness::brief(hang());
    let mut clients: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send(HELLO).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let (took, lost) = stopping(server).await;
    assert!(
        (1.0..1.5).contains(&took) && lost == 3,
        "service: {took} s, {lost} lost"
    );

    let server = Harness::brief(large());
    let mut client = server.connect();
    client.send(HELLO).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let (took, lost) = stopping(server).await;
    assert!(
        (1.0..1.5).contains(&took) && lost == 1,
        "client: {took} s, {lost} lost"
    );
}

#[tokio::test]
async fn no_task_is_left_behind() {
    let server = Harness::new(mirror());
    for _ in 0..100 {
        let mut client = server.connect();
        client.exchange(HELLO).await;
    }
    server.stopped().await;
}

/// The state of hyper is boxed, and freed when another protocol takes the stream over.
#[tokio::test]
async fn a_connection_is_no_large_future() {
    let tracker = TaskTracker::new();
    let (ours, _theirs) = tokio::io::duplex(64);
    let server = super::super::shared::Server::new(
        Front::bare(mirror()),
        crate::server::Layer::Plain,
        HttpConfig::default(),
        Admission::always(&HttpConfig::default(), TrustedProxies::none()),
        both(&tracker),
    );
    let nobody = super::super::client::Client {
        peer: None,
        secured: None,
    };
    let future =
        super::super::connection::run(crate::stream::Stream::new(ours), nobody, None, server);
    let size = size_of_val(&future);
    println!("connection future: {size} bytes");
    assert!(size <= 320, "{size} bytes");
}

#[tokio::test]
async fn a_panic_in_a_response_body_ends_its_connection_only() {
    struct Broken;

    impl http_body::Body for Broken {
        type Data = bytes::Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Infallible>>> {
            panic!("broken")
        }
    }

    let server = Harness::new(With(|request: Request<Body>| {
        ready(if request.uri().path() == "/hello" {
            said(&request)
        } else {
            Response::new(Body::new(Broken))
        })
    }));
    let mut other = server.connect();
    other.exchange(HELLO).await;
    let mut client = server.connect();
    client.send("GET /broken HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(client.rest().await, "");
    assert!(other.exchange(HELLO).await.starts_with("HTTP/1.1 200 "));
    server.stopped().await;
}
