//! Over the operating system's own sockets.

use super::{
    super::{Accept, Bound},
    *,
};

fn serve_on(listener: Bound) -> (Address, TaskTracker, CancellationToken) {
    let address = listener.local_addr().unwrap();
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    serve(listener, mirror(), ServerOptions::default(), &tracker, stop.clone());
    (address, tracker, stop)
}

async fn get(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> String {
    stream.write_all(b"GET /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    all
}

#[tokio::test]
async fn port_0_is_a_port_of_the_systems_choice() {
    let (address, tracker, stop) = serve_on(Bound::tcp(([127, 0, 0, 1], 0).into()).unwrap());
    let Address::Tcp(address) = address else { panic!("{address:?}") };
    assert_ne!(address.port(), 0);
    assert!(get(tokio::net::TcpStream::connect(address).await.unwrap()).await.ends_with("GET /x of a"));
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "it listens no more");
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let first = Bound::tcp(([127, 0, 0, 1], 0).into()).unwrap();
    let Address::Tcp(address) = first.local_addr().unwrap() else { unreachable!() };
    assert_eq!(Bound::tcp(address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_left_by_nobody() {
    let path = std::env::temp_dir().join(format!("landfall-{}.sock", std::process::id()));
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "one that a server before has left behind");
    let (address, tracker, stop) = serve_on(Bound::unix(&path).unwrap());
    assert_eq!(address, Address::Unix(path.clone()));
    assert!(get(tokio::net::UnixStream::connect(&path).await.unwrap()).await.ends_with("GET /x of a"));
    assert_eq!(Bound::unix(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse, "one that is in use");
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

/// Closed at once, the connection would be reset, and the client might never see why.
#[tokio::test]
async fn a_refusal_arrives_although_more_was_sent() {
    let (address, ..) = serve_on(Bound::tcp(([127, 0, 0, 1], 0).into()).unwrap());
    let Address::Tcp(address) = address else { unreachable!() };
    for head in ["GET / HTTP/1.1\r\n\r\n", "GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n"] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(&[head.as_bytes(), &[b'x'; 100_000]].concat()).await.unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        assert!(all.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{all}");
    }
}
