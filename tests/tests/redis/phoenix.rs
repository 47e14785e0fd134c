//! A node among those of a Phoenix application. The other node is scripted: it speaks to the server
//! as Phoenix's adapter does.

use data_encoding::HEXLOWER;
use landfall::{
    Endpoint,
    config::Setting,
    pubsub::{
        PubSub,
        adapter::{NodeOptions, Redis, Wire},
    },
};
use landfall_tests::redis::Server;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::site::Declared;

const CHANNEL: &str = "phx:Elixir.MyApp.PubSub.Adapter";

/// A connection to the server, as the scripted node has two of.
struct Connection(BufReader<TcpStream>);

impl Connection {
    async fn open(server: &Server) -> anyhow::Result<Self> {
        let address = server.url().replace("redis://", "");
        Ok(Connection(BufReader::new(
            TcpStream::connect(address).await?,
        )))
    }

    async fn command(&mut self, words: &[&[u8]]) -> anyhow::Result<()> {
        let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            bytes.extend_from_slice(word);
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(self.0.write_all(&bytes).await?)
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        Ok(line.trim_end().to_owned())
    }

    async fn text(&mut self) -> anyhow::Result<Vec<u8>> {
        let length: usize = self.line().await?.trim_start_matches('$').parse()?;
        let mut bytes = vec![0; length + 2];
        self.0.read_exact(&mut bytes).await?;
        bytes.truncate(length);
        Ok(bytes)
    }

    async fn subscribe(server: &Server) -> anyhow::Result<Self> {
        let mut connection = Connection::open(server).await?;
        connection
            .command(&[b"SUBSCRIBE", CHANNEL.as_bytes()])
            .await?;
        assert_eq!(connection.line().await?, "*3");
        assert_eq!(connection.text().await?, b"subscribe");
        assert_eq!(connection.text().await?, CHANNEL.as_bytes());
        assert_eq!(connection.line().await?, ":1");
        Ok(connection)
    }

    async fn message(&mut self) -> anyhow::Result<Vec<u8>> {
        assert_eq!(self.line().await?, "*3");
        assert_eq!(self.text().await?, b"message");
        assert_eq!(self.text().await?, CHANNEL.as_bytes());
        self.text().await
    }
}

/// The recorded message of a case: of an older node, or of one since OTP 26.
fn recorded(name: &str, key: &str) -> anyhow::Result<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/pubsub_redis.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let cases = golden["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["name"] == name).expect(name);
    Ok(HEXLOWER.decode(case[key].as_str().expect(key).as_bytes())?)
}

async fn node(server: &Server, name: &str) -> anyhow::Result<PubSub> {
    let mut options = NodeOptions::new("MyApp.PubSub");
    options.node = name.into();
    options.wire = Wire::Phoenix { compression: None };
    Ok(PubSub::connect(Redis::new(server.url()), options).await?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn broadcasts_go_both_ways() -> anyhow::Result<()> {
    let server = Server::start(&[]);
    let mut hears = Connection::subscribe(&server).await?;
    let mut publishes = Connection::open(&server).await?;
    let here = node(&server, "a@host").await?;
    let mut room = here.subscribe("room:1");
    room.confirmed().await?;

    here.broadcast("room:1", "ev", json!({}))?;
    assert_eq!(
        hears.message().await?,
        recorded("broadcast empty map", "hex_otp26")?
    );
    assert_eq!(room.recv().await?.event(), "ev");

    // Recorded from the node `a@host`: another one hears it.
    let there = node(&server, "b@host").await?;
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    let message = recorded("broadcast atom keys", "hex")?;
    publishes
        .command(&[b"PUBLISH", CHANNEL.as_bytes(), &message])
        .await?;
    let broadcast = far.recv().await?;
    let payload: Value = broadcast.parse()?;
    assert_eq!(payload, json!({"a": "x", "id": 7}));
    assert_eq!(hears.message().await?, message);

    // Two of ours, too.
    here.broadcast("room:1", "last", json!({"n": 1}))?;
    assert_eq!(far.recv().await?.event(), "last");
    assert_eq!(room.recv().await?.event(), "last");
    assert!(room.try_recv().is_none());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_declaration_says_it() -> anyhow::Result<()> {
    let server = Server::start(&[]);
    let mut hears = Connection::subscribe(&server).await?;
    let url = server.url();
    let builder = Declared::builder().settings(|settings| {
        let redis = settings.pubsub.redis.get_or_insert_default();
        redis.url = Setting::exact(url.as_str().into());
    });
    let site = builder.start().await?;
    assert_eq!(site.node(), Some("a@host"));
    site.broadcast("room:1", "ev", json!({}))?;
    assert_eq!(
        hears.message().await?,
        recorded("broadcast empty map", "hex_otp26")?
    );
    site.shutdown().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn messages_are_compressed_if_a_declaration_says_so() -> anyhow::Result<()> {
    let server = Server::start(&[]);
    let mut hears = Connection::subscribe(&server).await?;
    let url = server.url();
    let builder = Declared::builder().settings(|settings| {
        let redis = settings.pubsub.redis.get_or_insert_default();
        redis.url = Setting::exact(url.as_str().into());
        redis.compression = Setting::exact(6);
    });
    let site = builder.start().await?;
    let text = "landfall ".repeat(1000);
    site.broadcast("room:1", "ev", json!({ "text": text }))?;
    let message = hears.message().await?;
    // The tag of a compressed term.
    assert_eq!(message[..2], [131, 80]);
    assert!(message.len() < text.len() / 10, "{}", message.len());
    // Another node reads it.
    let there = node(&server, "b@host").await?;
    let mut far = there.subscribe("room:1");
    far.confirmed().await?;
    site.broadcast("room:1", "ev", json!({ "text": text }))?;
    let payload: Value = far.recv().await?.parse()?;
    assert_eq!(payload, json!({ "text": text }));
    site.shutdown().await?;
    Ok(())
}
