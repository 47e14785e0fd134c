//! What Phoenix's clients saw of a stop, beside what ours see.

use std::{path::Path, time::Duration};

use landfall::{
    Message, endpoint, socket,
    socket::{Outbox, Reason, Refused},
    testing::Network,
};
use landfall_tests::{client::Client, longpoll, wire::Connection, wire::Frame};
use serde_json::Value;
use tokio::{sync::mpsc, time::Instant};

endpoint! {
    struct Stopper;

    state = Ended;
    http(port = 41_020);
    server = true;
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/echo", Echo, longpoll(window = secs(5)));
}

#[derive(Clone)]
struct Ended(mpsc::UnboundedSender<Reason>);

struct Echo(Ended);

#[socket]
impl Echo {
    fn connect(#[state] ended: Ended) -> Result<Self, Refused> {
        Ok(Echo(ended))
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        let text = message.as_text().unwrap_or_default();
        match text
            .strip_prefix("sleep:")
            .and_then(|time| time.parse().ok())
        {
            Some(millis) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                out.push("slept");
            }
            None if text == "ping" => out.push("pong"),
            None => {}
        }
    }

    fn terminate(self, reason: Reason) {
        let _ = self.0.0.send(reason);
    }
}

/// Wanted: 1012, "service restart", not 1000. Phoenix's client does not come back after 1000.
/// Phoenix's drainer sends 1012 before this end, but it skips sockets without channels.
const CLOSE_CODE: (u16, u16) = (1000, 1012);

/// Wanted: 410 instead of 200. In Phoenix, the session's process lived on beside the endpoint. Here
/// the session was told of the stop and has ended, and its client opens another.
const AFTER_A_RESTART: (u64, u64) = (200, 410);

fn case(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/shutdown.json");
    let text = std::fs::read_to_string(path).expect("the golden file");
    let theme: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(theme["count"], 2, "each case is here");
    let cases = theme["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["name"] == name);
    case.unwrap_or_else(|| panic!("no case `{name}`")).clone()
}

async fn start() -> (
    landfall::Running<Stopper>,
    Network,
    mpsc::UnboundedReceiver<Reason>,
) {
    let (network, listener) = Network::new();
    let (sender, ended) = mpsc::unbounded_channel();
    let builder = Stopper::builder(Ended(sender)).listener(listener);
    (builder.start().await.expect("it starts"), network, ended)
}

#[tokio::test(start_paused = true)]
async fn a_raw_socket_that_is_busy_while_the_endpoint_stops() {
    let case = case("raw socket busy in a handler while the endpoint stops");
    let frames = case["frames"].as_array().expect("frames");
    let of = |who: &str| -> Vec<&Value> {
        frames
            .iter()
            .filter(|frame| frame["dir"] == who && frame["opcode"].is_u64())
            .collect()
    };
    let ([sent], [slept, closed]) = (&of("client")[..], &of("server")[..]) else {
        panic!("{frames:?}")
    };
    let (stopper, network, mut ended) = start().await;
    let target = case["request"]["target"].as_str().expect("a target");
    let mut client = Client::through(&network, target).await;
    client.text(sent["payload"].as_str().expect("text")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    let (stopped, ()) = tokio::join!(stopper.shutdown(), async {
        assert_eq!(client.hear_text().await, slept["payload"]);
        assert_eq!(closed["code"], CLOSE_CODE.0);
        let frame = client.hear().await;
        assert_eq!(frame.close_code(), Some(CLOSE_CODE.1));
        assert_eq!(began.elapsed().as_millis() / 100, 14, "about 1.4 s");
        client.send(Frame::close(CLOSE_CODE.1, b"")).await;
        drop(client);
    });
    stopped.expect("a clean end");
    assert_eq!(case["terminate"][0], ":shutdown");
    assert_eq!(ended.recv().await, Some(Reason::Shutdown));
}

#[tokio::test(start_paused = true)]
async fn a_longpoll_token_after_the_endpoint_restarted() {
    let case = case("longpoll token after the endpoint restarted, session process alive");
    let steps = case["steps"].as_array().expect("steps");
    let [open, posted, polled] = &steps[..] else {
        panic!("{steps:?}")
    };
    let status = |step: &Value| -> u64 {
        let body = step["response"]["body"].as_str().expect("a body");
        let body: Value = serde_json::from_str(body).expect("JSON");
        body["status"].as_u64().expect("a status")
    };
    let target = open["request"]["target"].as_str().expect("a target");

    let (stopper, network, mut ended) = start().await;
    let mut poller = longpoll::Poller::with(Connection::through(&network).await, target, "");
    assert_eq!(poller.poll().await.status, status(open));
    let token = poller.token.clone();
    drop(poller);
    stopper.shutdown().await.expect("a clean end");
    assert_eq!(ended.recv().await, Some(Reason::Shutdown));

    let (stopper, network, _ended) = start().await;
    let mut poller = longpoll::Poller::with(Connection::through(&network).await, target, &token);
    assert_eq!(
        (status(posted), status(polled)),
        (AFTER_A_RESTART.0, AFTER_A_RESTART.0)
    );
    let message = posted["request"]["body"].as_str().expect("a message");
    assert_eq!(poller.say(message).await, AFTER_A_RESTART.1);
    let answer = poller.poll().await;
    assert_eq!(answer.status, AFTER_A_RESTART.1);
    assert!(
        answer.token.is_some_and(|new| new != token),
        "a session of its own"
    );
    stopper.shutdown().await.expect("a clean end");
}
