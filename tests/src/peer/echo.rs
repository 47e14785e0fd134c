//! What most sockets of the peer do: echo, and run text commands.

use std::{fmt, time::Duration};

use landfall::{
    Body, Handle, Message,
    socket::{Flow, Mailbox, Outbox, Param, Params, Reason, Refused, TransportKind},
};
use serde_json::{Value, json};

use super::diary::Diary;

/// The maximum length of a command. A longer text is echoed.
const LONGEST_COMMAND: usize = 24;

/// What a socket sends itself.
#[derive(Debug)]
pub(super) enum Note {
    Push(Message),
    Ping,
    Stop,
}

/// The state and the commands.
pub(super) struct Echo {
    diary: Diary,
    params: Params,
    info: Value,
    endpoint: String,
    transport: TransportKind,
    mailbox: Mailbox<Note>,
}

/// Why `connect` refuses, for the mount's `error_handler`.
#[derive(Debug)]
pub(super) enum Refusal {
    RateLimit,
    Other,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::RateLimit => ":rate_limit",
            Refusal::Other => "%{why: \"other\"}",
        })
    }
}

impl std::error::Error for Refusal {}

/// The `error_handler` of `/echo` and `/socket`.
pub(super) fn handle_error(_: &http::request::Parts, refused: Refused) -> http::Response<Body> {
    let reason = refused
        .reason()
        .map(ToString::to_string)
        .unwrap_or_default();
    let (status, body) = match reason.as_str() {
        ":rate_limit" => (
            http::StatusCode::TOO_MANY_REQUESTS,
            "Too many requests".to_owned(),
        ),
        other => (
            http::StatusCode::FORBIDDEN,
            format!("error_handler got {other}"),
        ),
    };
    let mut response = http::Response::new(Body::from(body));
    *response.status_mut() = status;
    response
}

impl Echo {
    /// Connects as the parameter `token` says.
    pub(super) fn connect(
        diary: Diary,
        params: Params,
        info: Value,
        handle: &Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
    ) -> Result<Echo, Refused> {
        match params.get("token").and_then(Param::as_str) {
            Some("refuse") => Err(Refused::new()),
            Some("limit") => Err(Refused::new().caused_by(Refusal::RateLimit)),
            Some("other") => Err(Refused::new().caused_by(Refusal::Other)),
            Some("raise") => panic!("connect raised"),
            _ => Ok(Echo {
                diary,
                params,
                info,
                endpoint: handle.name().to_owned(),
                transport,
                mailbox,
            }),
        }
    }

    pub(super) async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        if message.len() > LONGEST_COMMAND {
            out.push(message);
            return Flow::Continue;
        }
        let command = std::str::from_utf8(message.as_bytes()).unwrap_or_default();
        let (name, argument) = command.split_once(':').unwrap_or((command, ""));
        match name {
            "stop" => return stop(argument),
            "crash" => panic!("crash"),
            // Elixir's other ways to fail, and a return value that Rust's types rule out.
            "exit" | "throw" | "badreturn" => panic!("{name}"),
            "push" | "push3" | "pushbin" | "later" | "infostop" | "infoping" => {
                self.note(name, argument, out)
            }
            _ => self.reply(name, argument, message.clone(), out).await,
        }
        Flow::Continue
    }

    async fn reply(&mut self, name: &str, argument: &str, message: Message, out: &mut Outbox) {
        match (name, argument.parse::<usize>()) {
            ("ping", _) if message == Message::from("ping") => out.push("pong"),
            ("silent", _) => {}
            ("error_reply", _) => out.push("error reply"),
            ("bin", _) => out.push(vec![0, 1, 254, 255]),
            ("big", Ok(length)) => out.push("x".repeat(length)),
            ("sleep", Ok(millis)) => {
                tokio::time::sleep(Duration::from_millis(millis as u64)).await;
                out.push("slept");
            }
            ("info", _) => out.push(self.info.to_string()),
            ("params", _) => out.push(json!(self.params).to_string()),
            ("config", _) => out.push(self.config().to_string()),
            _ => out.push(message),
        }
    }

    /// Runs the commands that send notes to the mailbox.
    fn note(&self, name: &str, argument: &str, out: &mut Outbox) {
        match name {
            "push3" => {
                for n in 1..=3 {
                    self.send(Note::Push(format!("pushed{n}").into()));
                }
                out.push("replied first");
            }
            "pushbin" => self.send(Note::Push(vec![9, 8, 7].into())),
            "later" => {
                let (mailbox, millis) =
                    (self.mailbox.clone(), argument.parse().unwrap_or_default());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    mailbox.send(Note::Push("later".into()))
                });
            }
            "infostop" => self.send(Note::Stop),
            "infoping" => self.send(Note::Ping),
            _ => self.send(Note::Push("pushed".into())),
        }
    }

    fn send(&self, note: Note) {
        // At most three notes go into the mailbox, and the socket is running: there is always room.
        let _ = self.mailbox.send(note);
    }

    /// What `connect` read.
    fn config(&self) -> Value {
        let keys = ["connect_info", "endpoint", "params", "transport"];
        json!({ "keys": keys, "transport": self.transport.to_string(), "endpoint": self.endpoint })
    }

    pub(super) fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        match note {
            Note::Push(message) => out.push(message),
            Note::Ping => out.ping("srv"),
            Note::Stop => return Flow::stop(),
        }
        Flow::Continue
    }

    pub(super) fn terminate(self, reason: &Reason) {
        if let Some(id) = self.params.get("id").and_then(Param::as_str) {
            self.diary.note(id, reason);
        }
    }

    pub(super) fn mailbox(&self) -> &Mailbox<Note> {
        &self.mailbox
    }
}

fn stop(how: &str) -> Flow {
    match how {
        "" => Flow::stop(),
        "restart" => Flow::restart(),
        "4001" => Flow::Stop {
            code: 4001,
            text: "bye".into(),
            reason: Reason::Normal,
        },
        other => Flow::fail(other.to_owned()),
    }
}
