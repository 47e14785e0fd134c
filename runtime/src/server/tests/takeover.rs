use bytes::Bytes;
use http::{StatusCode, header};
use tokio::sync::oneshot;

use super::*;
use crate::stream::{Stream, TakeoverSlot};

fn switching(protocol: &'static str) -> Response<Body> {
    let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
    let response = response
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, protocol);
    response.body(Body::empty()).unwrap()
}

const UPGRADE: &str =
    "GET /socket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";

type Handed = (Stream, Bytes);

/// Takes every connection that may be taken.
fn taker() -> (impl Serve, mpsc::UnboundedReceiver<Handed>) {
    let (hand, handed) = mpsc::unbounded_channel();
    let service = With(move |request: Request<Body>| -> Answered {
        let Some(slot) = request.extensions().get::<TakeoverSlot>() else {
            return ready(said(&request));
        };
        let hand = hand.clone();
        slot.put(Box::new(move |stream, rest, _| {
            drop(hand.send((stream, rest)));
            Box::pin(ready(()))
        }));
        ready(switching("echo"))
    });
    (service, handed)
}

#[tokio::test]
async fn a_connection_is_handed_over_bare_with_what_was_read_too_far() {
    let (service, mut handed) = taker();
    let server = Harness::new(service);
    let mut client = server.connect();
    client.exchange(HELLO).await;
    client.send(format!("{UPGRADE}already more")).await;
    assert!(
        client
            .response()
            .await
            .starts_with("HTTP/1.1 101 Switching Protocols\r\n")
    );

    let (mut stream, rest) = handed.recv().await.unwrap();
    assert_eq!(rest, "already more");
    stream.write_all(b"hi").await.unwrap();
    client.send("ho").await;
    let mut two = [0; 2];
    client.0.read_exact(&mut two).await.unwrap();
    assert_eq!(&two, b"hi");
    stream.read_exact(&mut two).await.unwrap();
    assert_eq!(&two, b"ho");
    server.stopped().await;
}

#[tokio::test]
async fn a_request_with_a_body_cannot_be_taken_over() {
    let (service, _handed) = taker();
    let server = Harness::new(service);
    let request = UPGRADE.replace("host: a\r\n", "host: a\r\ncontent-length: 4\r\n") + "body";
    let response = server.connect().exchange(request).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
}

#[tokio::test]
async fn no_takeover_happens_without_a_101() {
    let (hand, mut handed) = mpsc::unbounded_channel::<Handed>();
    let server = Harness::new(With(move |request: Request<Body>| {
        let hand = hand.clone();
        if let Some(slot) = request.extensions().get::<TakeoverSlot>() {
            slot.put(Box::new(move |stream, rest, _| {
                drop(hand.send((stream, rest)));
                Box::pin(ready(()))
            }));
        }
        ready(said(&request))
    }));
    let mut client = server.connect();
    client.exchange(UPGRADE).await;
    assert!(
        client.exchange(HELLO).await.starts_with("HTTP/1.1 200 "),
        "it stays HTTP"
    );
    server.stopped().await;
    assert!(handed.try_recv().is_err());
}

#[tokio::test]
async fn no_takeover_happens_if_the_client_is_gone_before_the_101() {
    let (hand, mut handed) = mpsc::unbounded_channel::<Handed>();
    let (left, mut has_left) = mpsc::unbounded_channel();
    let server = Harness::new(With(move |request: Request<Body>| {
        let hand = hand.clone();
        let slot = request.extensions().get::<TakeoverSlot>().unwrap();
        slot.put(Box::new(move |stream, rest, _| {
            drop(hand.send((stream, rest)));
            Box::pin(ready(()))
        }));
        left.send(()).unwrap();
        std::future::pending::<Response<Body>>()
    }));
    let mut client = server.connect();
    client.send(UPGRADE).await;
    has_left.recv().await.unwrap();
    drop(client);
    server.stopped().await;
    assert!(handed.try_recv().is_err());
}

#[tokio::test]
async fn a_slot_is_good_for_its_own_request_only() {
    let (hand, mut handed) = mpsc::unbounded_channel::<Handed>();
    let kept = std::sync::Arc::new(std::sync::Mutex::new(None::<TakeoverSlot>));
    let server = Harness::new(With(move |request: Request<Body>| {
        let mut kept = kept.lock().unwrap();
        match request.extensions().get::<TakeoverSlot>() {
            Some(slot) => *kept = Some(slot.clone()),
            None => {
                let hand = hand.clone();
                let slot = kept.take().unwrap();
                slot.put(Box::new(move |stream, rest, _| {
                    drop(hand.send((stream, rest)));
                    Box::pin(ready(()))
                }));
            }
        }
        ready(said(&request))
    }));
    let mut client = server.connect();
    client.exchange(UPGRADE).await;
    client.exchange(HELLO).await;
    drop(client);
    server.stopped().await;
    assert!(handed.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_service_can_upgrade_by_hypers_means() {
    let (send, receive) = oneshot::channel();
    let send = std::sync::Arc::new(std::sync::Mutex::new(Some(send)));
    let server = Harness::new(With(move |mut request: Request<Body>| {
        let upgrade = hyper::upgrade::on(&mut request);
        send.lock().unwrap().take().unwrap().send(upgrade).unwrap();
        ready(switching("echo"))
    }));
    let mut client = server.connect();
    client.exchange(UPGRADE).await;
    let mut stream = hyper_util::rt::TokioIo::new(receive.await.unwrap().await.unwrap());
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    stream.write_all(b"still here").await.unwrap();
    let mut text = [0; 10];
    client.0.read_exact(&mut text).await.unwrap();
    assert_eq!(&text, b"still here");
}

#[tokio::test]
async fn tcp_is_handed_over_as_tcp() {
    let (service, mut handed) = taker();
    let (tracker, stop) = (
        TaskTracker::new(),
        Stop::new(tokio_util::sync::CancellationToken::new(), SHUTDOWN),
    );
    let listener = super::super::Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap();
    let Address::Tcp(address) = listener.local_addr().unwrap() else {
        unreachable!()
    };
    serve(
        listener,
        Layer::Plain,
        Front::bare(service),
        HttpConfig::default(),
        Admission::always(&HttpConfig::default(), TrustedProxies::none()),
        both(&tracker),
        stop.clone(),
    );
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    client.write_all(UPGRADE.as_bytes()).await.unwrap();
    let (stream, _) = handed.recv().await.unwrap();
    let Stream::Tcp(tcp) = stream else {
        panic!("boxed")
    };
    assert!(tcp.nodelay().unwrap());
    let socket = socket2::SockRef::from(&tcp);
    assert!(socket.keepalive().unwrap());
}
