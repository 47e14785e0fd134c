//! The server of a soak.

use std::{error::Error, time::Duration};

use landfall::{prelude::*, pubsub::Payload};
use serde_json::json;
use tokio::{io::AsyncReadExt, time::sleep};

use crate::client;

const SECRET: &str = "what a soak signs its tokens with is of no use to anybody else at all";

/// What readers listen to.
pub(super) const NEWS: &str = "room:news";

endpoint! {
    /// Visitors come by `/brief` and `/rooms`, and stay at `/steady` and `/halls`.
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = insecure(SECRET, reason = "it is reached from this machine alone");
    socket("/brief", Echo, websocket(timeout = secs(2)), longpoll(window = secs(1)));
    #[allow(deprecated, reason = "clients fall silent on purpose")]
    socket("/rooms", Visitor, websocket(timeout = secs(2)), longpoll(window = secs(1)));
    socket("/steady", Echo, websocket(ping = secs(20)), longpoll(window = secs(2)));
    socket("/halls", Visitor, websocket(ping = secs(20)));
}

/// Serves until standard input ends; prints the port first.
///
/// # Errors
/// When it does not start, or does not end cleanly.
pub async fn serve() -> Result<(), Box<dyn Error>> {
    // Panics are part of the plan.
    std::panic::set_hook(Box::new(|_| {}));
    let site = Site::start().await?;
    println!("{}", client::port(&site));
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    site.shutdown().await?;
    Ok(())
}

/// Echoes, and does what it is told.
struct Echo {
    news: bool,
}

#[socket]
impl Echo {
    fn connect(#[param] news: Option<bool>) -> Result<Self, Refused> {
        Ok(Echo {
            news: news.unwrap_or(false),
        })
    }

    fn init(&mut self, out: &mut Outbox) {
        if self.news {
            out.forward(NEWS);
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        let text = message.as_text().unwrap_or_default();
        match text.split_once(' ').unwrap_or((text, "")) {
            ("panic", _) => panic!("as asked"),
            ("stop", _) => return Flow::stop(),
            ("slow", _) => {
                sleep(Duration::from_millis(20)).await;
                out.push(message);
            }
            ("publish", number) => {
                let payload = Payload::Json(format!("{{\"n\":{number}}}").into());
                let published = out.broadcast(NEWS, "news", payload).is_ok();
                out.push(if published { "published" } else { "too many" });
            }
            ("tasks", _) => {
                let stats = out.handle().stats();
                out.push(
                    json!({"connections": stats.connections, "tasks": stats.tasks}).to_string(),
                );
            }
            _ => out.push(message),
        }
        Flow::Continue
    }
}

struct Visitor;

#[socket(channel("room:*", Room))]
impl Visitor {
    fn connect() -> Result<Self, Refused> {
        Ok(Visitor)
    }
}

struct Room;

#[channel(Visitor)]
impl Room {
    fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("echo")]
    fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }

    #[handle_in("slow")]
    async fn slow(&mut self, payload: Payload) -> Reply {
        sleep(Duration::from_millis(20)).await;
        Reply::ok(payload)
    }

    #[handle_in("panic")]
    fn panic(&mut self) {
        panic!("as asked");
    }
}
