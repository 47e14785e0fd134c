//! The application behind a proxy, declared as the chapter says.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use landfall::{Running, config::Setting, endpoint::Health, prelude::*};
use tower::service_fn;

const SECRET: &str = "a board for all who come through a proxy, whichever that is, it is told";

endpoint! {
    /// An echo that says where its client is.
    pub(crate) struct Board;

    http(ip = [127, 0, 0, 1]);
    secret_key_base = insecure(SECRET, reason = "it is reached from this machine alone");
    check_origin = conn;
    trusted_proxies = ["127.0.0.1", "::1"];
    rewrite_on = [x_forwarded_proto, x_forwarded_for];
    socket("/socket", Echo, websocket(connect_info = [peer_data]), longpoll(connect_info = [peer_data]));
    plug(Health::at("/healthz"));
    service(service_fn(answer));
}

pub(crate) struct Echo {
    from: SocketAddr,
}

#[socket]
impl Echo {
    fn connect(#[info] peer_data: PeerData) -> Result<Self, Refused> {
        Ok(Echo {
            from: peer_data.address,
        })
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let text = message.as_text().unwrap_or_default();
        out.push(format!("{} says {text}", self.from.ip()));
    }
}

/// How much a request has brought, or a body that goes on for ever.
async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    if request.uri().path() == "/stream" {
        let first = Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"first")));
        let body = stream::iter([first]).chain(stream::pending());
        return Ok(Response::new(Body::new(StreamBody::new(body))));
    }
    let brought = request.into_body().collect().await;
    let brought = brought.map_or(0, |body| body.to_bytes().len());
    Ok(Response::new(Body::from(brought.to_string())))
}

impl Board {
    pub(crate) async fn listen(port: u16) -> Running<Board> {
        let settings = |settings: &mut landfall::config::Settings| {
            settings.http.get_or_insert_default().port = Setting::exact(port);
        };
        let builder = Board::builder().settings(settings).server(true);
        builder.start().await.unwrap()
    }
}

/// A port that nobody has.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
