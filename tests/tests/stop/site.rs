//! A site in memory.

use std::{convert::Infallible, time::Duration};

use http::{Request as HttpRequest, Response as HttpResponse};
use landfall::{
    Body, Builder, Handle, Message, Running, endpoint,
    endpoint::Health,
    socket,
    socket::{Children, Outbox, Refused},
    testing::Network,
};
use landfall_tests::wire::{Connection, Request};
use tokio::io::DuplexStream;

endpoint! {
    pub(crate) struct Site;

    state = Seen;
    http(port = 4000);
    server = true;
    drainer(shutdown = secs(2));
    socket("/echo", Echo, drainer(batch_size = 1, batch_interval = secs(3), shutdown = secs(10)));
    plug(Health::at("/healthz"));
    service(tower::service_fn(slow));
}

/// Where the child tells what it saw of the endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Seen(pub(crate) tokio::sync::mpsc::UnboundedSender<&'static str>);

/// Answers after the number of seconds that the query says.
async fn slow<B>(request: HttpRequest<B>) -> Result<HttpResponse<Body>, Infallible> {
    let seconds = request.uri().query().and_then(|query| query.parse().ok());
    tokio::time::sleep(Duration::from_secs_f64(seconds.unwrap_or_default())).await;
    Ok(HttpResponse::new(Body::from("slept")))
}

pub(crate) struct Echo;

#[socket]
impl Echo {
    fn children(children: &mut Children) {
        children.add("watcher", watch);
    }

    fn connect(#[state] _: Seen) -> Result<Self, Refused> {
        Ok(Echo)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

async fn watch(site: Handle) {
    let Some(Seen(seen)) = site.state::<Seen>() else {
        return;
    };
    let _ = seen.send(if site.is_ready() {
        "ready too soon"
    } else {
        "not ready"
    });
    let _ = seen.send(if site.ready().await {
        "ready"
    } else {
        "never ready"
    });
    site.stopping().await;
    let _ = seen.send(if site.is_ready() {
        "still ready"
    } else {
        "stopping"
    });
    let _ = seen.send(if site.ready().await {
        "ready again"
    } else {
        "not ready"
    });
    std::future::pending().await
}

pub(crate) struct Harbour {
    pub(crate) site: Running<Site>,
    pub(crate) network: Network,
    pub(crate) seen: tokio::sync::mpsc::UnboundedReceiver<&'static str>,
}

pub(crate) async fn start(set: impl FnOnce(Builder<Site>) -> Builder<Site>) -> Harbour {
    let (network, listener) = Network::new();
    let (sender, seen) = tokio::sync::mpsc::unbounded_channel();
    let builder = set(Site::builder(Seen(sender)).listener(listener));
    Harbour {
        site: builder.start().await.expect("the site starts"),
        network,
        seen,
    }
}

impl Harbour {
    pub(crate) async fn connection(&self) -> Connection<DuplexStream> {
        Connection::through(&self.network).await
    }
}

pub(crate) async fn get(connection: &mut Connection<DuplexStream>, target: &str) -> u16 {
    let answer = connection.request(&Request::get(target)).await;
    answer.expect("an answer").status
}
