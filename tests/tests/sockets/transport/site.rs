//! A transport that leaves everything to the test, and a socket behind it.

use std::{any::Any, time::Duration};

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use landfall::{
    message::{Control, Unsupported},
    mount::{OutboxOptions, Overflow, Timeout},
    prelude::*,
    socket::Mailbox,
    transport::{Attempt, Denied, Format, Outgoing, Transport, TransportOptions},
};
use tokio::sync::mpsc::UnboundedSender;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
const CLOSE: OutboxOptions = OutboxOptions {
    limit: 1000,
    overflow: Overflow::Close,
};
const DROP: OutboxOptions = OutboxOptions {
    limit: 1000,
    overflow: Overflow::DropOldest,
};

/// Hands each connection to a test, which asks for it by an extension of the request.
struct Hands(TransportOptions);

const HANDS: TransportOptions = TransportOptions {
    path: "/by/hand",
    auth_token: true,
    ..TransportOptions::DEFAULT
};

#[derive(Clone)]
pub(crate) struct Ask(pub(crate) UnboundedSender<(Box<dyn Any + Send>, Outgoing)>);

impl Transport for Hands {
    const NAME: &'static str = "hands";

    fn options(&self) -> TransportOptions {
        self.0
    }

    async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        if attempt.parts().method == Method::DELETE {
            let refusal = Response::builder().status(StatusCode::IM_A_TEAPOT);
            return Err(refusal.body(Body::from("not here")).unwrap().into());
        }
        attempt.check_origin()?;
        let params = attempt.params()?;
        let chosen = attempt.check_subprotocols(&["v2", "v1"])?;
        let body = attempt.read_body(10).await?;
        assert!(
            attempt.read_body(10).await.unwrap().is_empty(),
            "a second time it is empty"
        );
        let token = attempt
            .parts()
            .headers
            .get("token")
            .map(|token| token.to_str().unwrap().to_owned());
        let (driver, outgoing) = attempt.connect::<S, Plain>(params, token).await?;
        if let Some(Ask(asked)) = attempt.parts().extensions.get() {
            asked.send((Box::new(driver), outgoing)).unwrap();
        }
        Ok(Response::new(format!("{chosen:?} {}", body.len()).into()))
    }
}

/// Encodes text as it is.
struct Plain;

impl Format for Plain {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        match message {
            Message::Text(text) => Ok(text.into_bytes()),
            Message::Binary(_) => Err(Unsupported::new("text only")),
        }
    }
}

endpoint! {
    pub(crate) struct Site;

    server = false;
    check_origin = ["//example.com"];
    socket("/tide/:how", Tide, websocket = false, transport = Hands(HANDS));
    socket("/closing/:how", Tide, websocket = false, transport = Hands(TransportOptions { outbox: CLOSE, ..HANDS }));
    socket("/dropping/:how", Tide, websocket = false, transport = Hands(TransportOptions { outbox: DROP, ..HANDS }));
    socket(
        "/silent/:how",
        Tide,
        websocket = false,
        transport = Hands(TransportOptions { timeout: Timeout::After(8 * SECOND), ..HANDS }),
    );
}

endpoint! {
    /// An endpoint whose transports cannot be used.
    pub(crate) struct Wrong;

    server = false;
    socket("/panics/:how", Tide, websocket = false, transport = panicking());
    socket("/twice/:how", Tide, websocket(path = "/by/hand", auth_token = true), transport = Hands(HANDS));
    socket("/early/:how", Tide, websocket(path = "/by/hand", auth_token = true));
    socket("/early/:_late", Tide, websocket = false, transport = Hands(HANDS));
    socket(
        "/mean/:how",
        Tide,
        websocket = false,
        transport = Hands(TransportOptions { auth_token: false, ..HANDS }),
    );
}

fn panicking() -> Hands {
    panic!("as asked")
}

/// Sends the arguments of its callbacks, and obeys a few words.
pub(crate) struct Tide {
    mailbox: Mailbox<u32>,
    site: Handle,
    token: Option<String>,
}

#[socket]
impl Tide {
    async fn connect(
        #[param] how: String,
        #[info] auth_token: Option<String>,
        mailbox: Mailbox<u32>,
        site: Handle,
    ) -> Result<Self, Refused> {
        match how.as_str() {
            "refused" => Err(Refused::new().with_status(StatusCode::UNAUTHORIZED)),
            "panics" => panic!("as asked"),
            _ => Ok(Tide {
                mailbox,
                site,
                token: auth_token,
            }),
        }
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("news");
        out.push(format!("init {:?}", self.token));
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text().unwrap() {
            "mail" => (1..=3).for_each(|count| self.mailbox.send(count).unwrap()),
            "stop" => return Flow::close(4001, "as asked"),
            "panic" => panic!("as asked"),
            "bytes" => return Flow::fail(out.try_push(vec![1]).unwrap_err().to_string()),
            "big" => out.push("x".repeat(600)),
            text => out.push(format!("in {text}")),
        }
        Flow::Continue
    }

    async fn handle_control(&mut self, control: Control, out: &mut Outbox) {
        out.push(format!("{control:?}"));
    }

    async fn handle_info(&mut self, info: u32, out: &mut Outbox) -> Flow {
        out.push(format!("info {info}"));
        if info == 2 {
            Flow::stop()
        } else {
            Flow::Continue
        }
    }

    fn terminate(self, reason: Reason) {
        let _ = self.site.broadcast("ends", "ended", format!("{reason:?}"));
    }
}
