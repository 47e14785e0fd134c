//! Recorded exchanges that belong together: mostly one, on longpoll all requests of a session.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    case::{Case, LATE, LeftOut, Step, fresh_id, text},
    event::Publication,
    message::Message,
    outcome::Outcome,
    reason,
};
use crate::wire::{Frame, Request};

/// The placeholder of a session's token in a recorded request or answer.
pub(super) const TOKEN: &str = "<token>";
/// An answer that does not wait comes within this time. The shortest window is longer.
pub(super) const AT_ONCE: Duration = Duration::from_millis(250);
/// The interval between the starts of overlapping requests.
pub(super) const APART: Duration = Duration::from_millis(100);

/// Exchanges in order.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// One after the other, or several at once.
    pub exchanges: Vec<Exchange>,
    /// All requests go over the same connection.
    pub one_connection: bool,
}

/// One exchange, and when it takes place.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What is asked and answered.
    pub case: Case,
    /// Time before it: since the last answer, or since the round of overlapping exchanges began.
    pub pause: Duration,
    /// It overlaps with each neighbour that overlaps too.
    pub overlaps: bool,
    /// The endpoint is stopped and started again before it.
    pub restarts: bool,
    /// The part of the token that is changed by a character.
    pub forged: Option<TokenPart>,
}

/// A part of a token: `SFMyNTY.PAYLOAD.SIGNATURE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPart {
    /// The payload.
    Payload,
    /// The signature.
    Signature,
}

impl Conversation {
    /// Reads a case of a golden file.
    ///
    /// # Errors
    /// When it needs a missing feature, or cannot be read.
    pub fn read(theme: &str, json: &Value) -> Result<Conversation, LeftOut> {
        let one_connection = text(json, "name").contains("over one kept-alive connection");
        let exchanges = match json.get("steps").and_then(Value::as_array) {
            Some(steps) => Reader::new(theme, json, steps).read(steps)?,
            None if json.get("sender_frames").is_some() => two_sockets(theme, json)?.into(),
            None => vec![Exchange::alone(Case::read(theme, json)?)],
        };
        Ok(Conversation {
            exchanges,
            one_connection,
        })
    }

    /// True if times are compared.
    pub fn keeps_time(&self) -> bool {
        let mut expected = self
            .exchanges
            .iter()
            .map(|exchange| &exchange.case.expected);
        expected.any(|outcome| outcome.took.is_some() || outcome.lasted.is_some())
    }

    /// True if cases that play at the same time could receive its broadcasts, since all cases share
    /// topics, or lose their endpoint.
    pub fn is_public(&self) -> bool {
        let public = |frame: &Frame| {
            let event =
                Message::read(frame).and_then(|message| message.event.as_str().map(str::to_owned));
            event.is_some_and(|event| event.starts_with("broadcast") || event == "new_msg")
        };
        self.exchanges.iter().any(|exchange| {
            let case = &exchange.case;
            case.publications().next().is_some()
                || case.sent.iter().any(public)
                || exchange.restarts
                || case.steps.contains(&Step::Restart)
        })
    }

    /// Bytes of the longest body.
    pub fn longest_body(&self) -> usize {
        self.exchanges
            .iter()
            .map(|exchange| exchange.case.request.body.len())
            .max()
            .unwrap_or(0)
    }

    /// The exchanges in rounds. Exchanges that overlap are one round.
    pub fn rounds(&self) -> impl Iterator<Item = &[Exchange]> {
        self.exchanges
            .chunk_by(|one, next| one.overlaps && next.overlaps)
    }
}

impl Exchange {
    fn alone(case: Case) -> Exchange {
        Exchange {
            case,
            pause: Duration::ZERO,
            overlaps: false,
            restarts: false,
            forged: None,
        }
    }
}

/// Two sockets on one topic: one only listens, and one speaks once both have joined.
fn two_sockets(theme: &str, json: &Value) -> Result<[Exchange; 2], LeftOut> {
    let read = |frames: &str| {
        let mut json = json.clone();
        json["frames"] = json[frames].take();
        let mut case = Case::read(theme, &json)?;
        let joined = case
            .steps
            .iter()
            .position(|step| matches!(step, Step::Hear));
        let joined = joined.ok_or_else(|| LeftOut("a socket that joins nothing".to_owned()))?;
        case.steps.insert(joined + 1, Step::Meet);
        case.steps.extend([Step::Meet, Step::Wait(LATE)]);
        Ok(Exchange {
            overlaps: true,
            ..Exchange::alone(case)
        })
    };
    Ok([read("other_frames")?, read("sender_frames")?])
}

/// Reads steps, with what the earlier ones tell about the next.
struct Reader<'a> {
    theme: &'a str,
    json: &'a Value,
    /// The identity that was recorded, and the one for this time.
    id: Option<(String, String)>,
    /// The time between posts.
    pace: Duration,
    /// Bytes of a token when the steps were recorded.
    token_length: usize,
    /// Messages that were posted since the last poll. `sent` has all of them.
    unread: Vec<Frame>,
    sent: Vec<Frame>,
    since_poll: Duration,
    /// What the application publishes while the next request waits.
    published: Option<Publication>,
    /// The application has ended the session.
    disconnected: bool,
    /// The endpoint was stopped and started again.
    restarted: bool,
    /// The endpoint and the path where the session was opened.
    opened: Option<(u16, String)>,
}

impl<'a> Reader<'a> {
    fn new(theme: &'a str, json: &'a Value, steps: &[Value]) -> Self {
        let id = steps
            .iter()
            .find_map(|step| param(step["request"]["target"].as_str()?, "id"));
        let id = id
            .filter(|_| json.get("terminate").is_some())
            .map(|id| (id, fresh_id()));
        let pace = steps
            .iter()
            .find_map(|step| seconds_after(step["event"].as_str()?, "posts every "));
        Reader {
            theme,
            json,
            id,
            pace: pace.unwrap_or_default(),
            token_length: 0,
            unread: Vec::new(),
            sent: Vec::new(),
            since_poll: Duration::ZERO,
            published: None,
            disconnected: false,
            restarted: false,
            opened: None,
        }
    }

    fn read(mut self, steps: &[Value]) -> Result<Vec<Exchange>, LeftOut> {
        let mut exchanges = Vec::new();
        for step in steps {
            match step.get("event").and_then(Value::as_str) {
                Some(event) if event.starts_with("posts every ") => {}
                Some(event) => match Publication::read(event) {
                    Some(publication) => self.published = Some(publication),
                    None => return Err(LeftOut(format!("the event `{event}` is not known"))),
                },
                None => exchanges.push(self.step(step)?),
            }
        }
        let name = text(self.json, "name");
        if name.contains("one character of the token changed") {
            let parts = [TokenPart::Signature, TokenPart::Payload];
            let with_token = exchanges
                .iter_mut()
                .filter(|step| step.case.request.target.contains(TOKEN));
            with_token
                .zip(parts)
                .for_each(|(step, part)| step.forged = Some(part));
        }
        if let (Some(last), Some(recorded)) =
            (exchanges.last_mut(), self.json["terminate"].as_array())
        {
            let words = recorded.iter().filter_map(Value::as_str);
            let ours = words
                .map(|word| reason::ours(word, &self.sent, None))
                .collect();
            last.case.id = self.id.map(|(_, fresh)| fresh);
            last.case.expected.terminate = Some(ours);
        }
        Ok(exchanges)
    }

    fn step(&mut self, step: &Value) -> Result<Exchange, LeftOut> {
        let mut response = step["response"].clone();
        if let Some(body) = self.whole(&response["body"]) {
            response["body"] = json!(body);
        }
        let mut case = Case::read(
            self.theme,
            &json!({
                "name": self.json["name"], "mount": self.json["mount"],
                "request": step["request"], "response": response,
            }),
        )?;
        if let Some((recorded, fresh)) = &self.id {
            let target = &mut case.request.target;
            *target = target.replace(&format!("id={recorded}"), &format!("id={fresh}"));
        }
        let note = text(step, "note");
        let overlaps = offset(&note);
        let posts = case.request.method == "POST";
        let pause = overlaps.or_else(|| later(&note)).unwrap_or(if posts {
            self.pace
        } else {
            Duration::ZERO
        });
        self.since_poll = if posts {
            self.since_poll + pause
        } else {
            Duration::ZERO
        };
        let posted = messages(&case.request);
        self.unread.extend_from_slice(&posted);
        self.sent.extend(posted);
        case.since_poll = self.since_poll;
        case.published = self.published.take();
        case.was_disconnected = std::mem::take(&mut self.disconnected);
        self.disconnected = case
            .publications()
            .any(|publication| publication.event == "disconnect");
        let path = case.request.target.split('?').next().unwrap_or_default();
        let here = (case.endpoint, path.to_owned());
        case.foreign_token = case.request.target.contains(TOKEN)
            && self.opened.as_ref().is_some_and(|opened| *opened != here);
        if opens(&case.expected) {
            self.opened = Some(here);
        }
        let restarts = note == "after the endpoint came back" && !self.restarted;
        self.restarted |= restarts;
        case.after_restart = self.restarted;
        case.sent = self.unread.clone();
        case.expected.took = took(step);
        if !posts {
            self.unread.clear();
            self.token_length = token_length(&case.expected).unwrap_or(self.token_length);
        }
        Ok(Exchange {
            case,
            pause,
            overlaps: overlaps.is_some(),
            restarts,
            forged: None,
        })
    }

    /// An answer of one long message that repeats a character. Its length and start were kept.
    fn whole(&self, body: &Value) -> Option<String> {
        const END: &str = "\"],\"status\":200,\"token\":\"<token>\"}";
        let (length, start) = (body["length"].as_u64()?, body["starts_with"].as_str()?);
        let length = usize::try_from(length).ok()? + TOKEN.len();
        let missing = length.checked_sub(self.token_length + start.len() + END.len())?;
        let repeated = start.chars().last()?.to_string().repeat(missing);
        Some(format!("{start}{repeated}{END}"))
    }
}

/// Bytes of the token in an answer without messages, where only its placeholder was kept.
fn token_length(answer: &Outcome) -> Option<usize> {
    let body = answer.body.as_deref().filter(|body| body.contains(TOKEN))?;
    let length: usize = answer.header("content-length")?.parse().ok()?;
    (length + TOKEN.len()).checked_sub(body.len())
}

/// Whether the answer gives the token of a new session.
fn opens(answer: &Outcome) -> bool {
    let body: Option<Value> = answer
        .body
        .as_deref()
        .and_then(|body| serde_json::from_str(body).ok());
    body.is_some_and(|body| body["status"] == 410 && body["token"] == TOKEN)
}

/// How long the answer took. `None` for long bodies, whose time says nothing.
fn took(step: &Value) -> Option<Duration> {
    if [&step["request"]["body"], &step["response"]["body"]]
        .iter()
        .any(|body| body.is_object())
    {
        return None;
    }
    let seconds = step.get("took_about_s").and_then(Value::as_f64);
    Some(Duration::from_secs_f64(seconds.unwrap_or_default()))
}

/// When an overlapping exchange begins: "poll A", "poll B", "sent while A and B wait".
fn offset(note: &str) -> Option<Duration> {
    let place = match note.strip_prefix("poll ") {
        Some(letter) => letter.bytes().next()?.checked_sub(b'A')?.into(),
        None => note.strip_prefix("sent while ")?.split(" and ").count(),
    };
    Some(APART * u32::try_from(place).ok()?)
}

/// "2 seconds later".
fn later(note: &str) -> Option<Duration> {
    note.strip_suffix(" seconds later")?
        .parse()
        .ok()
        .map(Duration::from_secs)
}

fn seconds_after(text: &str, words: &str) -> Option<Duration> {
    let (_, rest) = text.split_once(words)?;
    rest.split('s')
        .next()?
        .parse()
        .ok()
        .map(Duration::from_secs_f64)
}

pub(super) fn param(target: &str, name: &str) -> Option<String> {
    let pairs = target
        .split_once('?')?
        .1
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    Some(value.to_owned())
}

/// The messages that a request brings: one a line if its type says so, else the whole body.
fn messages(request: &Request) -> Vec<Frame> {
    if request.method != "POST" {
        return Vec::new();
    }
    if !is_ndjson(request) {
        return vec![Frame::text(&request.body)];
    }
    let message = |line: &str| match data_encoding::BASE64.decode(line.as_bytes()) {
        Ok(bytes) => Frame::binary(&bytes),
        Err(_) => Frame::text(line),
    };
    request.body.lines().map(message).collect()
}

/// The case of a media type is ignored, and so are its parameters.
fn is_ndjson(request: &Request) -> bool {
    let essence = |value: &str| {
        value
            .split(';')
            .next()
            .map(|kind| kind.trim().to_ascii_lowercase())
    };
    let mut types = request.values("content-type").map(essence).peekable();
    types.peek().is_some() && types.all(|kind| kind.as_deref() == Some("application/x-ndjson"))
}
