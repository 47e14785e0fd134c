//! An endpoint with rooms, by WebSocket and by the example's transport.

use std::{net::SocketAddr, time::Duration};

use landfall::{
    Endpoint, Handle, Message, Running, endpoint, socket,
    socket::{Flow, Outbox, PeerData, Reason, Refused},
    testing::Network,
};

use crate::custom_transport::example::sse;

endpoint! {
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    check_origin = conn;
    socket(
        "/room/:room",
        Visitor,
        websocket(connect_info = [peer_data]),
        transport = sse(),
        drainer(shutdown = secs(10)),
    );
}

/// Broadcasts each message to the room, and runs a few commands.
struct Visitor {
    room: String,
    site: Handle,
    peer: Option<SocketAddr>,
}

#[socket]
impl Visitor {
    async fn connect(
        #[param] room: String,
        #[info] peer_data: Option<PeerData>,
        site: Handle,
    ) -> Result<Self, Refused> {
        if room == "closed" {
            return Err(Refused::new());
        }
        Ok(Visitor {
            room,
            site,
            peer: peer_data.map(|peer| peer.address),
        })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.room);
        // A client that gets this is a member of the room.
        out.push("welcome");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text().unwrap_or_default() {
            "panic" => panic!("as asked"),
            "stop" => return Flow::stop(),
            "sleep" => tokio::time::sleep(Duration::from_secs(100)).await,
            "hang" => std::future::pending().await,
            "where am i?" => out.push(format!("{:?}", self.peer)),
            "bytes" => out.push(vec![1, 2, 3]),
            text if text.starts_with("only me") => out.push(text),
            _ => out
                .broadcast(&self.room, "said", message)
                .expect("room for a broadcast"),
        }
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        let _ = self.site.broadcast(
            &format!("ends of {}", self.room),
            "ended",
            format!("{reason:?}"),
        );
    }
}

pub(crate) async fn start() -> Running<Site> {
    Site::start().await.expect("the site starts")
}

/// Starts a site without a network, so that time can be paused.
pub(crate) async fn start_in_memory() -> (Running<Site>, Network) {
    let (network, listener) = Network::new();
    let site = Site::builder()
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    (site, network)
}

/// Stops, and asserts that nothing is left.
pub(crate) async fn stop_site(site: Running<Site>) {
    site.shutdown().await.expect("a clean end");
    let stats = site.stats();
    assert_eq!((stats.connections, stats.tasks), (0, 0));
}
