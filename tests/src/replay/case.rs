//! A recorded exchange: what the client does, and what the server did.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::Value;

use super::{
    conversation::param,
    event::{Event, Publication},
    outcome::{End, Outcome},
    payload::{self, digest, hex},
    reason,
};
use crate::wire::{Frame, Heard, Request};

/// The port of the first endpoint when the cases were recorded.
const FIRST_PORT: u16 = 41000;
/// Endpoints that were recorded.
const PORTS: u16 = 21;
/// The time in which a message that must not come would have come.
pub(super) const LATE: Duration = Duration::from_millis(50);

/// A recorded exchange.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file it is in.
    pub theme: String,
    /// The subject of the case.
    pub name: String,
    /// The mount's path and configuration, in words.
    pub mount: String,
    /// Which endpoint, counted from the first.
    pub endpoint: u16,
    /// It goes over TLS.
    pub tls: bool,
    /// The request that opens it.
    pub request: Request,
    /// Its bytes, if they are given. `request` is then what can be understood of them.
    pub raw: Option<Vec<u8>>,
    /// Frames in the same write as the request.
    pub together: Vec<Frame>,
    /// What the client does on the WebSocket.
    pub steps: Vec<Step>,
    /// The longest payload that the head of a frame announces, whether or not it comes.
    pub announced: u64,
    /// The client's frames. On longpoll, the messages that it sent since its last poll.
    pub sent: Vec<Frame>,
    /// What the application publishes while the request waits.
    pub published: Option<Publication>,
    /// The application ended its session while the previous request waited.
    pub was_disconnected: bool,
    /// Its token was given at another mount, or by another endpoint.
    pub foreign_token: bool,
    /// The endpoint was stopped and started again since its token was given.
    pub after_restart: bool,
    /// Planned time since the client's last poll of its session.
    pub since_poll: Duration,
    /// The identity by which the peer tells the reason of `terminate`.
    pub id: Option<String>,
    /// What the server did.
    pub expected: Outcome,
}

/// What a client does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write these bytes at once.
    Write(Vec<u8>),
    /// Let time pass.
    Wait(Duration),
    /// Wait for a frame of the server.
    Hear,
    /// Make the application publish.
    Publish(Publication),
    /// Wait until the other sockets of the case reach this step.
    Meet,
    /// End its half of the TCP connection.
    Shutdown,
    /// Drop the connection with a reset.
    Reset,
    /// Have the endpoint stopped and started again, without waiting for it.
    Restart,
}

/// Why a case is not played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut(pub String);

impl Case {
    /// Reads a case of one exchange from a golden file.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn read(theme: &str, json: &Value) -> Result<Case, LeftOut> {
        let mount = text(json, "mount");
        let (Some(request), Some(response)) = (json.get("request"), json.get("response")) else {
            return Err(LeftOut("not one exchange".to_owned()));
        };
        let raw = request.get("raw").and_then(Value::as_str);
        let mut request = match raw {
            Some(raw) => Request::read(raw),
            None => read_request(request)?,
        };
        let endpoint = endpoint(&mount, &request);
        let name = text(json, "name");
        let tls = mount.contains("the https side of") && !name.starts_with("plain http");
        let target = request.target.clone();
        let recorded = param(&target, "id")
            .filter(|id| *id == "case" || theme == "shutdown" && json.get("terminate").is_some());
        let id = recorded.is_some().then(fresh_id);
        if let (Some(recorded), Some(id)) = (&recorded, &id) {
            let (recorded, id) = (format!("id={recorded}"), format!("id={id}"));
            request.target = request.target.replace(&recorded, &id);
        }
        let mut case = Case {
            theme: theme.to_owned(),
            name,
            mount,
            endpoint,
            tls,
            request,
            raw: raw.map(|raw| raw.as_bytes().to_vec()),
            together: Vec::new(),
            steps: Vec::new(),
            announced: 0,
            sent: Vec::new(),
            published: None,
            was_disconnected: false,
            foreign_token: false,
            after_restart: false,
            since_poll: Duration::ZERO,
            id,
            expected: read_response(theme, &target, response)?,
        };
        if let Some(frames) = json.get("frames").and_then(Value::as_array) {
            case.expected.end = Some(End::Open);
            case.read_frames(frames)?;
        }
        case.expected.terminate = case.read_terminate(json);
        Ok(case)
    }

    /// The broadcasts of the application meanwhile.
    pub fn publications(&self) -> impl Iterator<Item = &Publication> {
        let in_steps = self.steps.iter().filter_map(|step| match step {
            Step::Publish(publication) => Some(publication),
            _ => None,
        });
        in_steps.chain(&self.published)
    }

    fn read_frames(&mut self, entries: &[Value]) -> Result<(), LeftOut> {
        let events = entries
            .iter()
            .filter_map(|entry| Event::read(entry["event"].as_str()?));
        let pause = events.into_iter().find_map(|event| match event {
            Event::Paced(pause) => Some(pause),
            // Two such pauses are longer than the server waits.
            Event::ClosedAfter(wait) => Some(wait.mul_f64(0.6)),
            _ => None,
        });
        for entry in entries {
            if entry.get("event").is_some() {
                self.read_event(&text(entry, "event"))?;
            } else if text(entry, "dir") == "server" {
                self.steps.push(Step::Hear);
                self.expected.frames.push(read_frame(entry)?);
            } else {
                self.read_sent(entry, pause)?;
            }
        }
        Ok(())
    }

    fn read_event(&mut self, words: &str) -> Result<(), LeftOut> {
        let event = Event::read(words);
        match event.ok_or_else(|| LeftOut(format!("the event `{words}` is not known")))? {
            Event::End(End::Closed) if !self.has_ended() => {
                self.steps.push(Step::Shutdown);
                self.expected.end = Some(End::Closed);
            }
            Event::End(end) => {
                let may_hear_others = self.theme.starts_with("channels_") && end == End::Open;
                self.steps
                    .extend(may_hear_others.then_some(Step::Wait(LATE)));
                self.expected.end = Some(end);
            }
            Event::Shutdown => self.steps.push(Step::Shutdown),
            Event::Reset => {
                self.steps.push(Step::Reset);
                self.expected.end = None;
            }
            Event::Restarted => self.steps.extend([Step::Wait(LATE * 2), Step::Restart]),
            Event::ClosedAfterStop(wait) => self.expected.lasted = Some(wait),
            Event::Published(publication) => self.steps.push(Step::Publish(publication)),
            Event::ClosedAfter(wait) => self.expected.lasted = Some(wait),
            Event::Paced(_) => {}
        }
        Ok(())
    }

    /// True if one side has ended the connection, or said that it will.
    fn has_ended(&self) -> bool {
        self.sent
            .iter()
            .chain(&self.expected.frames)
            .any(|frame| frame.opcode == 8)
            || self.steps.contains(&Step::Shutdown)
    }

    fn read_sent(&mut self, entry: &Value, pause: Option<Duration>) -> Result<(), LeftOut> {
        let (frame, bytes) = match entry.get("raw_hex").and_then(Value::as_str) {
            Some(raw) => {
                let bytes = hex(raw)?;
                self.announced = self.announced.max(Frame::announced(&bytes));
                match Frame::decode(&bytes) {
                    Heard::Frame(frame, _) => (frame, bytes),
                    Heard::Part => (Frame::new(0, []), bytes),
                }
            }
            None => {
                let masked = entry.get("masked").and_then(Value::as_bool).unwrap_or(true);
                let frame = Frame {
                    masked,
                    ..read_frame(entry)?
                };
                (frame.clone(), frame.to_bytes())
            }
        };
        if text(entry, "when").contains("same write as the handshake") {
            self.together.push(frame.clone());
        } else if let (Some(Step::Write(last)), None) = (self.steps.last_mut(), pause) {
            last.extend(bytes);
        } else {
            self.steps.extend(pause.map(Step::Wait));
            self.steps.push(Step::Write(bytes));
        }
        self.sent.push(frame);
        Ok(())
    }

    /// What `terminate` of the socket was told, or that of its channels.
    fn read_terminate(&self, json: &Value) -> Option<Vec<String>> {
        let words = |recorded: &Value| -> Vec<String> {
            let words = recorded
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            words.map(str::to_owned).collect()
        };
        let close_code = self.expected.close_code();
        if let Some(recorded) = json.get("channel_terminate") {
            let ours = |phoenix: &String| reason::of_channel(phoenix, &self.sent);
            return Some(words(recorded).iter().map(ours).collect());
        }
        let ours = |phoenix: &String| reason::ours(phoenix, &self.sent, close_code);
        Some(words(json.get("terminate")?).iter().map(ours).collect())
    }
}

/// The endpoint that the mount's words or the `host` header name by its port.
fn endpoint(mount: &str, request: &Request) -> u16 {
    let named = mount
        .strip_prefix("endpoint ")
        .or_else(|| mount.strip_prefix("port "));
    let hosts = request
        .values("host")
        .filter_map(|host| host.strip_prefix("localhost:"));
    let number = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .next()?
            .parse::<u16>()
            .ok()
    };
    let port = named
        .into_iter()
        .chain(hosts)
        .find_map(number)
        .unwrap_or(FIRST_PORT);
    port.checked_sub(FIRST_PORT)
        .filter(|offset| *offset < PORTS)
        .unwrap_or(0)
}

fn read_request(json: &Value) -> Result<Request, LeftOut> {
    let version = json
        .get("version")
        .and_then(Value::as_str)
        .unwrap_or("HTTP/1.1")
        .to_owned();
    let body = String::from_utf8(payload::read(json.get("body"))?).map_err(|_| digest())?;
    let request = Request {
        method: text(json, "method"),
        target: text(json, "target"),
        headers: headers(json),
        version,
        body,
    };
    Ok(request)
}

fn read_response(theme: &str, target: &str, json: &Value) -> Result<Outcome, LeftOut> {
    let status = json
        .get("status")
        .and_then(Value::as_u64)
        .and_then(|status| status.try_into().ok());
    let body = match json.get("body").or_else(|| json.pointer("/bytes/hex")) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        // A page for developers in words, or what was compressed.
        Some(words) if theme == "errors" => words.to_string(),
        // A digester's output has the time in it, or was compressed by another encoder.
        Some(_) if theme == "static" => {
            let encoded = headers(json)
                .iter()
                .any(|(name, _)| name == "content-encoding");
            payload::file(target, encoded)
        }
        Some(_) => return Err(digest()),
    };
    let after = match text(json, "connection_after").as_str() {
        "kept open" => Some(End::Open),
        "closed by server" => Some(End::Closed),
        _ => None,
    };
    Ok(Outcome {
        status: status.unwrap_or_default(),
        headers: headers(json),
        body: Some(body),
        after,
        ..Outcome::nothing()
    })
}

fn read_frame(json: &Value) -> Result<Frame, LeftOut> {
    let number = |key: &str| json.get(key).and_then(Value::as_u64);
    let small = |key: &str| number(key).and_then(|value| u8::try_from(value).ok());
    let payload = match number("code").and_then(|code| u16::try_from(code).ok()) {
        Some(code) => [&code.to_be_bytes()[..], &payload::read(json.get("reason"))?].concat(),
        None => payload::read(json.get("payload"))?,
    };
    Ok(Frame {
        fin: json.get("fin").and_then(Value::as_bool).unwrap_or(true),
        rsv: small("rsv").unwrap_or(0),
        opcode: small("opcode").ok_or_else(|| LeftOut("a frame without an opcode".to_owned()))?,
        masked: false,
        payload,
    })
}

fn headers(json: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| {
        Some((
            pair.get(0)?.as_str()?.to_owned(),
            pair.get(1)?.as_str()?.to_owned(),
        ))
    };
    json.get("headers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(pair)
        .collect()
}

pub(super) fn text(json: &Value, key: &str) -> String {
    json.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// An identity that no other case has, in any process. The counter is unique in this process.
pub(super) fn fresh_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let started = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    format!(
        "case-{}-{}-{}",
        std::process::id(),
        started.as_micros(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
