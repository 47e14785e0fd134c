//! Slow handshakes, and certificates that change while connections are open.

use std::time::{Duration, Instant};

use super::*;

/// Connects, sends the first message of a handshake, and then nothing.
async fn half(server: &Secure, visitor: &Visitor) -> TcpStream {
    let mut tcp = server.tcp().await;
    let name = "a.com".try_into().unwrap();
    let mut client = rustls::ClientConnection::new(visitor.0.clone(), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    tcp.write_all(&hello).await.unwrap();
    tcp
}

#[tokio::test]
async fn a_thousand_half_handshakes_hold_nobody_up() {
    let authority = Authority::new();
    let server = Secure::new(options([authority.sign("a.com").pem()]));
    let visitor = Visitor::of(&authority);
    let mut stuck = Vec::new();
    for _ in 0..500 {
        stuck.push(server.tcp().await);
        stuck.push(half(&server, &visitor).await);
    }
    for _ in 0..10 {
        let start = Instant::now();
        assert!(
            server
                .get(&visitor, "a.com")
                .await
                .unwrap()
                .starts_with("HTTP/1.1 200 ")
        );
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "took {:?}",
            start.elapsed()
        );
    }
    // They do not delay the stop either.
    server.stopped().await;
}

#[tokio::test]
async fn a_handshake_has_a_deadline() {
    let authority = Authority::new();
    let handshake_timeout = Duration::from_millis(300);
    let certificates = options([authority.sign("a.com").pem()]);
    let server = Secure::new(TlsOptions {
        handshake_timeout,
        ..certificates
    });
    let visitor = Visitor::of(&authority);
    let start = Instant::now();
    for mut client in [server.tcp().await, half(&server, &visitor).await] {
        client.read_to_end(&mut Vec::new()).await.unwrap();
    }
    let took = start.elapsed();
    assert!(
        took >= handshake_timeout && took < handshake_timeout * 10,
        "took {took:?}"
    );
    server.stopped().await;
}

#[tokio::test]
async fn who_comes_past_the_limit_waits_for_a_place() {
    let authority = Authority::new();
    let certificates = options([authority.sign("a.com").pem()]);
    let server = Secure::new(TlsOptions {
        max_handshakes: 2,
        ..certificates
    });
    let visitor = Visitor::of(&authority);
    let stuck = [server.tcp().await, half(&server, &visitor).await];
    let waits =
        tokio::time::timeout(Duration::from_millis(300), server.get(&visitor, "a.com")).await;
    assert!(waits.is_err(), "both places are taken");
    let (served, ()) = tokio::join!(server.get(&visitor, "a.com"), async { drop(stuck) });
    assert!(served.unwrap().starts_with("HTTP/1.1 200 "));
    server.stopped().await;
}

#[tokio::test]
async fn files_are_read_again_and_connections_go_on() {
    let authority = Authority::new();
    let folder = tempfolder("reload");
    let write = |signed: &Signed| {
        std::fs::write(folder.join("cert.pem"), signed.certificate.pem()).unwrap();
        std::fs::write(folder.join("key.pem"), signed.key.serialize_pem()).unwrap();
    };
    let (old, new) = (authority.sign("a.com"), authority.sign("a.com"));
    write(&old);
    let files = Certificate {
        chain: Pem::File(folder.join("cert.pem")),
        key: Pem::File(folder.join("key.pem")),
    };
    let server = Secure::new(options([files]));
    let visitor = Visitor::of(&authority);
    let shown = async || {
        let stream = server
            .connect(&Visitor::of(&authority), "a.com")
            .await
            .unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    let mut open = server.connect(&visitor, "a.com").await.unwrap();
    assert_eq!(shown().await, der(&old));
    write(&new);
    server.tls.reload().unwrap();
    assert_eq!(shown().await, der(&new));
    std::fs::write(folder.join("key.pem"), old.key.serialize_pem()).unwrap();
    let wrong = server.tls.reload().unwrap_err();
    assert!(
        wrong[0].text.contains("is not that of the certificate"),
        "{wrong:?}"
    );
    assert_eq!(shown().await, der(&new), "what is wrong changes nothing");
    open.write_all(b"GET / HTTP/1.1\r\nhost: a.com\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut all = String::new();
    open.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("HTTP/1.1 200 "));
    server.stopped().await;
    std::fs::remove_dir_all(folder).unwrap();
}

pub(super) fn tempfolder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("landfall-tls-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
