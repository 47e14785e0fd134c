//! Several listeners of one scheme.

use std::{
    net::{Ipv6Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use landfall::{
    Builder, Endpoint, Running,
    config::{Http, Ips, Scheme, Setting},
    endpoint,
    endpoint::Address,
};
use landfall_tests::{
    logged::Log,
    wire::{Connection, Request},
};
use tokio::net::{TcpStream, UnixStream};

endpoint! {
    struct Site;

    http(ip = [[127, 0, 0, 1], "127.0.0.1:0"], port = 0);
}

fn at(ips: impl Into<Ips>) -> Builder<Site> {
    let ips = ips.into();
    Site::builder().settings(|settings| {
        settings.http.get_or_insert(Http::DEFAULT).ip = Setting::given(ips);
    })
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("landfall-{name}-{}.sock", std::process::id()))
}

fn tcp(site: &Running<Site>) -> Vec<SocketAddr> {
    let addresses = site.addresses(Scheme::Http).iter();
    addresses
        .filter_map(|address| match address {
            Address::Tcp(address) => Some(*address),
            _ => None,
        })
        .collect()
}

async fn status(address: SocketAddr) -> u16 {
    let stream = TcpStream::connect(address).await.expect("it listens");
    answer(&mut Connection::over(stream)).await
}

async fn answer<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
) -> u16 {
    let answer = connection.request(&Request::get("/")).await;
    answer.expect("an answer").status
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

#[tokio::test]
async fn each_declared_listener_answers_and_urls_have_the_port_of_the_first() {
    let site = Site::start().await.expect("it starts");
    let addresses = tcp(&site);
    assert_eq!(addresses.len(), 2);
    assert_ne!(addresses[0].port(), addresses[1].port());
    assert_eq!(
        site.server_info(Scheme::Http),
        Ok(Address::Tcp(addresses[0]))
    );
    assert_eq!(
        site.url(),
        format!("http://localhost:{}", addresses[0].port())
    );
    for address in &addresses {
        assert_eq!(status(*address).await, 404);
    }
    site.shutdown().await.expect("a stop");
    assert!(site.addresses(Scheme::Http).is_empty());
    for address in addresses {
        assert!(TcpStream::connect(address).await.is_err(), "it is closed");
    }
}

#[tokio::test]
async fn ipv4_ipv6_and_a_unix_socket_listen_together_and_a_line_tells_of_each() {
    let path = path("together");
    let unix = format!("unix:{}", path.display());
    let mut places = vec!["127.0.0.1", &unix];
    if has_ipv6() {
        places.push("::1");
    }
    // What logs is known from here on: another test cannot register it while this one listens.
    let before = at(&places[..]).start().await.expect("it starts");
    before.shutdown().await.expect("it stops");
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || written.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let site = at(&places[..]).start().await.expect("it starts");
    drop(guard);
    for address in tcp(&site) {
        assert_eq!(status(address).await, 404);
        let line = format!(" at {address} (http)\n");
        assert!(log.text().contains(&line), "{}", log.text());
    }
    let line = format!(" at {} (http+unix)\n", path.display());
    assert!(log.text().contains(&line), "{}", log.text());
    let stream = UnixStream::connect(&path).await.expect("it listens");
    assert_eq!(answer(&mut Connection::over(stream)).await, 404);
    site.shutdown().await.expect("a stop");
    assert!(!path.exists(), "its file is removed");
}

#[tokio::test]
async fn the_limit_for_one_client_is_that_of_all_listeners_together() {
    let builder = Site::builder().settings(|settings| {
        let http = settings.http.get_or_insert(Http::DEFAULT);
        http.max_connections_per_ip = Setting::exact(1);
    });
    let site = builder.start().await.expect("it starts");
    let addresses = tcp(&site);
    let stream = TcpStream::connect(addresses[0]).await.expect("it listens");
    let mut first = Connection::over(stream);
    assert_eq!(answer(&mut first).await, 404);
    assert_eq!(status(addresses[1]).await, 429);
    drop(first);
    site.shutdown().await.expect("a stop");
}

#[tokio::test]
async fn one_error_names_all_places_and_nothing_stays_open() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let free = free.expect("a port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = (taken.local_addr().expect("an address"), taken);
    let good = path("good");
    let nowhere = Path::new("/nowhere/at/all.sock");
    let places = [
        free.to_string(),
        format!("unix:{}", good.display()),
        taken.0.to_string(),
        format!("unix:{}", nowhere.display()),
        "systemd:web".to_owned(),
    ];
    let places = places.each_ref().map(String::as_str);
    let error = at(places).start().await.expect_err("some are wrong");
    let text = format!("{error:?}");
    for said in [
        format!("on {}: Address already in use", taken.0),
        format!("on unix:{}: No such file or directory", nowhere.display()),
        "on systemd:web: no socket was handed over: `LISTEN_FDS` is not set".to_owned(),
        "help: choose another port, in `ip` of `http`".to_owned(),
        "help: start the service by its socket unit".to_owned(),
    ] {
        assert!(text.contains(&said), "{text}");
    }
    assert!(
        error.is_listen() && !text.contains(&free.to_string()),
        "{text}"
    );
    assert!(!good.exists(), "its file is removed");
    TcpListener::bind(free).expect("it is free again");
}
