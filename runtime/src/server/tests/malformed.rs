//! Requests that two servers could read differently, byte by byte.

use http_body_util::BodyExt;

use super::*;

/// Reads bodies, so that their framing is checked too.
fn reader() -> impl Serve {
    With(|request: Request<Body>| async {
        let (head, body) = request.into_parts();
        match body.collect().await {
            Ok(_) => said(&Request::from_parts(head, Body::empty())),
            Err(_) => Response::builder().status(400).body(Body::empty()).unwrap(),
        }
    })
}

/// The bytes before a request on its connection, in the same write.
const BEFORE: [&str; 3] = [
    "",
    HELLO,
    "POST /first HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\n\r\n\
     POST /second HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi",
];

/// Sends the bytes, and after them a request that must not be served. Returns the whole answer.
async fn provoke(server: &Harness, before: &str, bytes: &[u8]) -> String {
    let mut client = server.connect();
    client
        .send(
            [
                before.as_bytes(),
                bytes,
                b"GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n",
            ]
            .concat(),
        )
        .await;
    for _ in 0..before.matches("HTTP/1.1").count() {
        let first = client.response().await;
        assert!(
            first.starts_with("HTTP/1.1 200 "),
            "{} was answered:\n{first}",
            before.escape_debug()
        );
    }
    client.rest().await
}

/// The answer to a malformed request is the same alone and after other requests.
async fn assert_refused(status: u16, requests: &[&[u8]]) {
    assert_refused_by(&Harness::new(reader()), status, requests).await;
}

async fn assert_refused_by(server: &Harness, status: u16, requests: &[&[u8]]) {
    let mut other = server.connect();
    for bytes in requests {
        for before in BEFORE {
            let shown = format!("{}{}", before.escape_debug(), bytes.escape_ascii());
            let answer = provoke(server, before, bytes).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{shown} was answered:\n{answer}"
            );
            assert_eq!(
                answer.matches("HTTP/1.").count(),
                1,
                "{shown} was answered:\n{answer}"
            );
            assert!(
                !answer.contains("smuggled"),
                "{shown} was answered:\n{answer}"
            );
            assert!(
                other.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
                "{shown} disturbed another"
            );
        }
    }
}

#[tokio::test]
async fn hosts() {
    assert_refused(
        400,
        &[
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost:\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a, b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a/b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\\b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: user@a\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: http://a\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a:b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a:80:80\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a:65536\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a:-1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: :80\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: [::1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: [::1]x\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: [a]\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: ::1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a?b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a#b\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a%00\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: \xc3\xa4.example\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: <a>\r\n\r\n",
        ],
    )
    .await;
}

#[tokio::test]
async fn hosts_that_are_in_order() {
    let server = Harness::new(mirror());
    let mut client = server.connect();
    for host in [
        "a",
        "A.Example",
        "a.example.",
        "a:80",
        "a:",
        "127.0.0.1:4000",
        "[::1]",
        "[::1]:80",
        "a_b-c~d",
    ] {
        let answer = client
            .exchange(format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n"))
            .await;
        assert!(answer.ends_with(&format!("of {host}")), "{answer}");
    }
}

#[tokio::test]
async fn request_lines() {
    assert_refused(
        400,
        &[
            b"GET\r\nhost: a\r\n\r\n",
            b"GET /\r\nhost: a\r\n\r\n",
            b"GET / HTTP/2.0\r\nhost: a\r\n\r\n",
            b"GET / HTTP/1.2\r\nhost: a\r\n\r\n",
            b"GET / http/1.1\r\nhost: a\r\n\r\n",
            b"GET  / HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET / HTTP/1.1 \r\nhost: a\r\n\r\n",
            b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET /\r HTTP/1.1\r\nhost: a\r\n\r\n",
            b"G\xc3\xa4T / HTTP/1.1\r\nhost: a\r\n\r\n",
            b"G(T / HTTP/1.1\r\nhost: a\r\n\r\n",
            b" GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET a HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET * HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET a:80 HTTP/1.1\r\nhost: a\r\n\r\n",
            b"CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n\r\n",
            b"GET http://user@a/ HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET http:///x HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET ftp://a/ HTTP/1.1\r\nhost: a\r\n\r\n",
            b"GET http://a:99999/ HTTP/1.1\r\nhost: a\r\n\r\n",
        ],
    )
    .await;
}

#[tokio::test]
async fn header_lines() {
    assert_refused(
        400,
        &[
            b"GET / HTTP/1.1\r\nhost: a\r\nx : y\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx\t: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\n x: y\r\n\r\n",
            b"GET / HTTP/1.1\r\n host: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: y\r\n z\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: y\r\n\tz\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: y\rz: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: \0\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx\0: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\n: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx(: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nx: \x7f\r\n\r\n",
        ],
    )
    .await;
}

#[tokio::test]
async fn lengths_and_codings() {
    assert_refused(
        400,
        &[
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1,1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1, 1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1,\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1 1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1;q\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0x1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length:\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx",
            b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nContent-Length: 0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\nx: y\r\ncontent-length:1\r\n\r\nx",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding:\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: ,chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked,\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: identity, chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: identity\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
    )
    .await;
    assert_refused(
        501,
        &[b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    )
    .await;
}

#[tokio::test]
async fn length_beside_coding() {
    assert_refused(
        400,
        &[
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: a\r\nContent-LENGTH: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_repeated_host_of_http_1_0() {
    let server = Harness::new(reader());
    let answer = provoke(&server, "", b"GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 400 "), "{answer}");
}

#[tokio::test]
async fn a_body_may_look_like_a_head() {
    let server = Harness::new(reader());
    let mut client = server.connect();
    let body = "\r\n\r\ncontent-length: 5\r\ncontent-length: 6\r\n";
    for _ in 0..2 {
        let head = "POST / HTTP/1.1\r\nhost: a\r\n";
        let chunk = format!(
            "{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        );
        assert!(client.exchange(chunk).await.starts_with("HTTP/1.1 200 "));
        let whole = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        assert!(client.exchange(whole).await.starts_with("HTTP/1.1 200 "));
    }
}

/// What a service does with a body and its error.
#[derive(Clone, Copy, Debug)]
enum Habit {
    Ignores,
    Reads,
    ReadsLate,
    ReadsOnce,
    KeepsIt,
}

/// Answers 200, even if the body fails.
fn careless(habit: Habit) -> impl Serve {
    With(move |request: Request<Body>| async move {
        let mut body = request.into_body();
        match habit {
            Habit::Ignores => drop(body),
            Habit::Reads => drop(body.collect().await),
            Habit::ReadsLate => {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                drop(body.collect().await);
            }
            Habit::ReadsOnce => drop(body.frame().await),
            Habit::KeepsIt => drop(tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                drop(body.collect().await);
            })),
        }
        Response::new(Body::from("all right"))
    })
}

const HABITS: [Habit; 5] = [
    Habit::Ignores,
    Habit::Reads,
    Habit::ReadsLate,
    Habit::ReadsOnce,
    Habit::KeepsIt,
];

fn chunked(body: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{body}\r\n")
        .into_bytes()
}

/// If nothing was answered yet, the server reports the error that the service ignored.
#[tokio::test(start_paused = true)]
async fn chunks() {
    let over = "x".repeat(16 * 1024);
    let bodies = [
        "x\r\n\r\n",
        "-1\r\n\r\n",
        "+1\r\ny\r\n0\r\n",
        "0x1\r\ny\r\n0\r\n",
        " 1\r\ny\r\n0\r\n",
        "\r\ny\r\n0\r\n",
        "1\r\nyy\r\n0\r\n",
        "1\ny\n0\n",
        "1\ry\r0\r",
        "ffffffffffffffffff\r\n",
        "1 1\r\ny\r\n0\r\n",
        "1;a\nb\r\ny\r\n0\r\n",
        "1\r\ny\r\n0\r\na : b\r\n",
        "1\r\ny\r\n0\r\n: b\r\n",
        "1\r\ny\r\n0\r\na\r\n",
    ];
    let mut requests: Vec<_> = bodies.into_iter().map(chunked).collect();
    requests.push(chunked(&format!("1;{over}\r\ny\r\n0\r\n")));
    let requests: Vec<_> = requests.iter().map(Vec::as_slice).collect();
    for habit in HABITS {
        println!("{habit:?}");
        assert_refused_by(&Harness::new(careless(habit)), 400, &requests).await;
    }
}

/// A body that turns out to be malformed while the service works replaces the answer too.
#[tokio::test(start_paused = true)]
async fn a_chunk_that_comes_late() {
    for habit in [Habit::Reads, Habit::ReadsLate] {
        let server = Harness::new(careless(habit));
        let mut client = server.connect();
        client.send(chunked("1\r\ny")).await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        client.send("x\r\n").await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{habit:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{habit:?}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn chunks_that_are_in_order() {
    let most = "x".repeat(16 * 1024 - 1);
    let long = format!("1;{most}\r\ny\r\n0\r\n");
    let bodies = [
        "0\r\n",
        "1 \r\ny\r\n0\r\n",
        "1 ; a=\"b\"\r\ny\r\n000\r\n",
        "1\r\ny\r\n0\r\na: b\r\nc:\r\n",
        &long,
    ];
    for habit in HABITS {
        let server = Harness::new(careless(habit));
        for body in bodies {
            let mut client = server.connect();
            let answer = client.exchange(chunked(body)).await;
            assert!(
                answer.starts_with("HTTP/1.1 200 "),
                "{habit:?}, {body:?}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_long_target_is_answered_414() {
    let target = "a".repeat(16 * 1024);
    assert_refused(
        414,
        &[format!("GET /{target} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()],
    )
    .await;
}

mod anything {
    use proptest::prelude::*;

    use super::*;

    /// Parts of requests in any order, and junk.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"GET / HTTP/1.1\r\n".to_vec()),
            Just(b"POST / HTTP/1.1\r\n".to_vec()),
            Just(b"host: a\r\n".to_vec()),
            Just(b"content-length: 5\r\n".to_vec()),
            Just(b"transfer-encoding: chunked\r\n".to_vec()),
            Just(b"upgrade: websocket\r\n".to_vec()),
            Just(b"expect: 100-continue\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"5\r\nhello\r\n".to_vec()),
            Just(b"0\r\n\r\n".to_vec()),
            prop::collection::vec(any::<u8>(), 0..20),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    /// Parts of chunked bodies.
    fn chunks() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop::sample::select(vec![
            "5\r\nhello\r\n",
            "0\r\n",
            "\r\n",
            "a: b\r\n",
            "\n",
            "\r",
            "5",
            "f",
            "\t",
            " ",
            ";",
            ":",
            "é",
            "\0",
            "hello",
        ]);
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat().into_bytes())
    }

    fn is_refused(habit: Habit, body: &[u8]) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = Harness::new(careless(habit));
            let mut client = server.connect();
            client
                .send(b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
                .await;
            client.send(body).await;
            // Ends the body, if it has not ended before.
            client.send("\r\n0\r\n\r\n").await;
            let mut head = [0; 12];
            client.0.read_exact(&mut head).await.unwrap();
            head.ends_with(b" 400")
        })
    }

    proptest! {
        /// The server and hyper agree about what is malformed.
        #[test]
        fn is_judged_alike_whether_it_is_read_or_not(body in chunks()) {
            prop_assert_eq!(is_refused(Habit::Ignores, &body), is_refused(Habit::Reads, &body));
        }

        #[test]
        fn is_answered_or_closed(bytes in pieces()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(async {
                let server = Harness::new(reader());
                let mut client = server.connect();
                client.send(&bytes).await;
                client.0.shutdown().await.unwrap();
                let mut all = Vec::new();
                client.0.read_to_end(&mut all).await.unwrap();
                assert!(all.is_empty() || all.starts_with(b"HTTP/1."));
                server.stopped().await;
            });
        }
    }
}
