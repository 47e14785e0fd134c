//! A server that is stopped: by signals, under load, in a process of its own.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::Poll,
    time::Duration,
};

use http::{Request, Response};
use landfall::{
    Body, Error, Message, config::Scheme, endpoint, endpoint::Address, endpoint::Health, socket,
    socket::Outbox, socket::Refused,
};

/// What the server has handled: messages of sockets, over either transport.
#[derive(Clone, Debug, Default)]
pub struct Handled(Arc<AtomicUsize>);

impl Handled {
    /// How many messages so far.
    pub fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

endpoint! {
    /// Echoes, slow pages, and a page for balancers.
    #[derive(Debug)]
    pub struct Moored;

    state = Handled;
    http(ip = env("PLACES").or([127, 0, 0, 1]), port = env("PORT").or(0));
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/echo", Echo, longpoll, drainer(batch_size = env("BATCH").or(200), batch_interval = env("INTERVAL").or(millis(100)), shutdown = secs(10)));
    plug(Health::at("/healthz"));
    service(tower::service_fn(slow));
}

/// Answers after the number of milliseconds that the query says.
async fn slow<B>(request: Request<B>) -> Result<Response<Body>, Infallible> {
    let millis = request.uri().query().and_then(|query| query.parse().ok());
    tokio::time::sleep(Duration::from_millis(millis.unwrap_or_default())).await;
    Ok(Response::new(Body::from("slept")))
}

/// Answers each message with itself. `block` blocks its thread for a minute.
#[derive(Debug)]
pub struct Echo(Handled);

#[socket]
impl Echo {
    fn connect(#[state] handled: Handled) -> Result<Self, Refused> {
        Ok(Echo(handled))
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        if message.as_text() == Some("block") {
            std::thread::sleep(Duration::from_secs(60));
        }
        self.0.0.fetch_add(1, Relaxed);
        out.push(message);
    }
}

/// Serves until a signal. Prints `listening PORT` first for each listener, and `handled COUNT` at
/// the end. With `CHILD` set, it also prints what a child inherits.
///
/// # Errors
/// What keeps it from starting, or from stopping in order.
#[expect(clippy::print_stdout, reason = "the test that started it reads this")]
pub async fn serve() -> Result<(), Error> {
    let handled = Handled::default();
    let moored = Moored::start(handled.clone()).await?;
    let mut ended = pin!(moored.wait_for_signal());
    // Whoever reads that it listens may send a signal: it is waited for by then.
    let first = poll_fn(|cx| Poll::Ready(ended.as_mut().poll(cx))).await;
    for address in moored.addresses(Scheme::Http) {
        match address {
            Address::Tcp(address) => println!("listening {}", address.port()),
            other => println!("listening {other}"),
        }
    }
    if std::env::var_os("CHILD").is_some() {
        println!("{}", inherited());
    }
    let ended = match first {
        Poll::Ready(ended) => ended,
        Poll::Pending => ended.await,
    };
    println!("handled {}", handled.count());
    ended
}

/// What a child process has of the sockets that were handed over.
fn inherited() -> String {
    let script = "echo child ${LISTEN_FDS:-none}${LISTEN_PID} \
        $(readlink /proc/self/fd/3 | grep -q socket && echo socket || echo none)";
    let mut child = std::process::Command::new("sh");
    child
        .args(["-c", script])
        .stderr(std::process::Stdio::null());
    let Ok(output) = child.output() else {
        return "no child".to_owned();
    };
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
