//! The server over sockets of the operating system.

use super::{super::Bound, *};

fn serve_on(listener: Bound) -> (Address, TaskTracker, Stop) {
    let address = listener.local_addr().unwrap();
    let (tracker, stop) = (
        TaskTracker::new(),
        Stop::new(tokio_util::sync::CancellationToken::new(), SHUTDOWN),
    );
    serve(
        listener,
        Layer::Plain,
        Front::bare(mirror()),
        HttpConfig::default(),
        Admission::always(&HttpConfig::default(), TrustedProxies::none()),
        both(&tracker),
        stop.clone(),
    );
    (address, tracker, stop)
}

async fn get(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> String {
    stream
        .write_all(b"GET /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    all
}

#[tokio::test]
async fn port_0_is_a_port_of_the_systems_choice() {
    let (address, tracker, stop) = serve_on(Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap());
    let Address::Tcp(address) = address else {
        panic!("{address:?}")
    };
    assert_ne!(address.port(), 0);
    assert!(
        get(tokio::net::TcpStream::connect(address).await.unwrap())
            .await
            .ends_with("GET /x of a")
    );
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "it listens no more"
    );
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let first = Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap();
    let Address::Tcp(address) = first.local_addr().unwrap() else {
        unreachable!()
    };
    assert_eq!(
        Bound::tcp(address, false).unwrap_err().kind(),
        io::ErrorKind::AddrInUse
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_left_by_nobody() {
    let path = std::env::temp_dir().join(format!("landfall-{}.sock", std::process::id()));
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "one that a server before has left behind");
    let (address, tracker, stop) = serve_on(Bound::unix(&path).unwrap());
    assert_eq!(address, Address::Unix(path.clone()));
    assert!(
        get(tokio::net::UnixStream::connect(&path).await.unwrap())
            .await
            .ends_with("GET /x of a")
    );
    assert_eq!(
        Bound::unix(&path).unwrap_err().kind(),
        io::ErrorKind::AddrInUse,
        "one that is in use"
    );
    assert!(path.exists());
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_in_a_unix_sockets_place_is_kept() {
    let path = std::env::temp_dir().join(format!("landfall-{}.txt", std::process::id()));
    std::fs::write(&path, "precious").unwrap();
    assert!(Bound::unix(&path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
}

/// If the connection were closed at once, it would be reset, and the client could lose the answer.
#[tokio::test]
async fn a_refusal_arrives_although_more_was_sent() {
    let (address, ..) = serve_on(Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap());
    let Address::Tcp(address) = address else {
        unreachable!()
    };
    for head in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream
            .write_all(&[head.as_bytes(), &[b'x'; 100_000]].concat())
            .await
            .unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        assert!(all.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{all}");
    }
}

#[tokio::test]
async fn a_reset_at_any_stage_leaves_nothing_behind() {
    let (address, tracker, stop) = serve_on(Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap());
    let Address::Tcp(address) = address else {
        unreachable!()
    };
    let stages = [
        "",
        "GET /",
        "GET / HTTP/1.1\r\nhost: a\r\n",
        HELLO,
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx",
    ];
    for stage in stages.iter().cycle().take(500) {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(stage.as_bytes()).await.unwrap();
        if stage.len() % 2 == 0 {
            tokio::task::yield_now().await;
        }
        socket2::SockRef::from(&stream)
            .set_linger(Some(std::time::Duration::ZERO))
            .unwrap();
    }
    assert!(
        get(tokio::net::TcpStream::connect(address).await.unwrap())
            .await
            .ends_with("GET /x of a")
    );
    stop.cancel();
    tracker.close();
    tracker.wait().await;
}

#[tokio::test]
async fn large_answers_arrive_whole() {
    let listener = Bound::tcp(([0, 0, 0, 0, 0, 0, 0, 1], 0).into(), false);
    let listener = listener
        .or_else(|_| Bound::tcp(([127, 0, 0, 1], 0).into(), false))
        .unwrap();
    let Address::Tcp(address) = listener.local_addr().unwrap() else {
        unreachable!()
    };
    let (tracker, stop) = (
        TaskTracker::new(),
        Stop::new(tokio_util::sync::CancellationToken::new(), SHUTDOWN),
    );
    let service = With(|request: Request<Body>| {
        let length: usize = request.uri().path()[1..].parse().unwrap();
        ready(Response::new(Body::from(
            (0..length).map(|i| i as u8).collect::<Vec<_>>(),
        )))
    });
    serve(
        listener,
        Layer::Plain,
        Front::bare(service),
        HttpConfig::default(),
        Admission::always(&HttpConfig::default(), TrustedProxies::none()),
        both(&tracker),
        stop.clone(),
    );
    for length in [0, 1, 900, 1000, 1024, 5000, 3_000_000] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /{length} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        let body = all.split_off(all.len() - length);
        assert!(
            all.ends_with(b"\r\n\r\n") && body.iter().enumerate().all(|(i, byte)| *byte == i as u8),
            "{length}"
        );
    }
}

#[tokio::test]
async fn an_ipv6_socket_takes_ipv4_unless_it_is_told_not_to() {
    const ANY: [u16; 8] = [0; 8];

    for (ipv6_only, taken) in [(false, true), (true, false)] {
        let Ok(mut listener) = Bound::tcp((ANY, 0).into(), ipv6_only) else {
            continue; // This machine has no IPv6.
        };
        let Address::Tcp(address) = listener.local_addr().unwrap() else {
            unreachable!()
        };
        let visitor = tokio::net::TcpStream::connect(("127.0.0.1", address.port())).await;
        assert_eq!(visitor.is_ok(), taken, "ipv6_only = {ipv6_only}");
        if let Ok(visitor) = visitor {
            let (_, peer) = listener.accept().await.unwrap();
            assert_eq!(peer, Some(visitor.local_addr().unwrap()), "as IPv4");
        }
    }
}
