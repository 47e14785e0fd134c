//! Signals, in a process of their own: they are the whole process's.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use landfall::config::{Http, Scheme, Setting, Settings};
use landfall::{
    Endpoint, Message, Socket,
    endpoint::EndpointDef,
    mount::{Drainer, Mount, SocketDef},
    socket::{Connect, Flow, Outbox, Refused},
};
use landfall_tests::process::kill;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

struct Web;

/// Its clients never read.
struct Deaf;

impl Socket for Deaf {
    type State = ();
    type Info = ();

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(Deaf)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

impl Endpoint for Web {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[
            Mount::new("/", SocketDef::of::<Deaf, ()>("Deaf")).drainer(Some(Drainer {
                shutdown: Duration::from_secs(600),
                ..Drainer::DEFAULT
            })),
        ],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        let http = Http {
            ip: Setting::given([127, 0, 0, 1]),
            port: Setting::exact(0),
            ..Http::DEFAULT
        };
        Settings {
            http: Some(http),
            ..Settings::default()
        }
    }
}

#[tokio::test]
async fn the_first_stops_and_the_second_does_not_wait() {
    for signal in ["-TERM", "-INT"] {
        let web = Web::start().await.unwrap();
        let (stopped, ()) = tokio::join!(biased; web.wait_for_signal(), async { kill(signal) });
        stopped.unwrap();
        assert_eq!(web.stats().tasks, 0);
    }

    let web = Web::start().await.unwrap();
    let landfall::endpoint::Address::Tcp(address) = web.server_info(Scheme::Http).unwrap() else {
        panic!("not TCP")
    };
    let mut client = TcpStream::connect(address).await.unwrap();
    let upgrade = "GET /websocket HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    client.write_all(upgrade.as_bytes()).await.unwrap();
    client.read_exact(&mut [0; 12]).await.unwrap();
    while web.stats().connections == 0 {
        tokio::task::yield_now().await;
    }
    let signals = async {
        kill("-TERM");
        // The client is told to go, and does not answer.
        let mut seen = Vec::new();
        while !seen.ends_with(&1012_u16.to_be_bytes()) {
            seen.push(client.read_u8().await.unwrap());
        }
        kill("-TERM");
    };
    let (stopped, ()) = tokio::join!(biased; web.wait_for_signal(), signals);
    let error = stopped.unwrap_err();
    assert!(error.is_drain(), "{error}");
}
