//! The sockets: all of them echo, and differ in what they read when they connect.

use std::net::IpAddr;

use landfall::{
    Handle, Message,
    message::Control,
    session::Session,
    socket,
    socket::{
        Flow, Headers, Mailbox, Outbox, Params, PeerData, Reason, Refused, RequestUri,
        TransportKind,
    },
};
use serde_json::{Value, json};

use super::{
    diary::Diary,
    echo::{Echo, Note},
    sessions,
};

/// Reads no connect_info.
pub(super) struct PlainSocket(Echo);

#[socket]
impl PlainSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
    ) -> Result<Self, Refused> {
        Echo::connect(diary, params, json!({}), &handle, transport, mailbox).map(PlainSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Reads every connect_info.
pub(super) struct EchoSocket(Echo);

#[socket]
impl EchoSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
        #[info] peer_data: Option<PeerData>,
        #[info] trace_context_headers: Option<Headers>,
        #[info] x_headers: Option<Headers>,
        #[info] uri: Option<RequestUri>,
        #[info] user_agent: Option<String>,
        #[info] session: Option<Session>,
        #[info] custom_value: &'static str,
    ) -> Result<Self, Refused> {
        let info = json!({
            "peer_data": peer_data.map(address),
            "trace_context_headers": trace_context_headers.map(lines),
            "x_headers": x_headers.map(lines),
            "uri": uri.map(parts),
            "user_agent": user_agent,
            "session": session.as_ref().and_then(sessions::all),
            "custom_value": custom_value,
        });
        Echo::connect(diary, params, info, &handle, transport, mailbox).map(EchoSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Reads some connect_info.
pub(super) struct AgentSocket(Echo);

#[socket]
impl AgentSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
        #[info] user_agent: Option<String>,
        #[info] uri: Option<RequestUri>,
        #[info] a: i32,
        #[info] b: &'static str,
    ) -> Result<Self, Refused> {
        let info = json!({ "user_agent": user_agent, "uri": uri.map(parts), "a": a, "b": b });
        Echo::connect(diary, params, info, &handle, transport, mailbox).map(AgentSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Reads the session.
pub(super) struct SessionSocket(Echo);

#[socket]
impl SessionSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
        #[info] session: Option<Session>,
    ) -> Result<Self, Refused> {
        let info = json!({ "session": session.as_ref().and_then(sessions::all) });
        Echo::connect(diary, params, info, &handle, transport, mailbox).map(SessionSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Reports pings and pongs.
pub(super) struct ControlSocket(Echo);

#[socket]
impl ControlSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
    ) -> Result<Self, Refused> {
        Echo::connect(diary, params, json!({}), &handle, transport, mailbox).map(ControlSocket)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_control(&mut self, control: Control, out: &mut Outbox) -> Flow {
        let (kind, payload) = match &control {
            Control::Ping(payload) => ("ping", payload),
            Control::Pong(payload) => ("pong", payload),
        };
        out.push(format!(
            "control {kind} {}",
            String::from_utf8_lossy(payload)
        ));
        Flow::Continue
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Welcomes its client by a message to itself.
pub(super) struct InitSocket(Echo);

#[socket]
impl InitSocket {
    async fn connect(
        #[state] diary: Diary,
        params: Params,
        handle: Handle,
        transport: TransportKind,
        mailbox: Mailbox<Note>,
    ) -> Result<Self, Refused> {
        Echo::connect(diary, params, json!({}), &handle, transport, mailbox).map(InitSocket)
    }

    async fn init(&mut self, _: &mut Outbox) -> Flow {
        match self.0.mailbox().send(Note::Push("welcome".into())) {
            Ok(()) => Flow::Continue,
            Err(error) => Flow::fail(error.to_string()),
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        self.0.handle_in(message, out).await
    }

    async fn handle_info(&mut self, note: Note, out: &mut Outbox) -> Flow {
        self.0.handle_info(note, out)
    }

    fn terminate(self, reason: Reason) {
        self.0.terminate(&reason);
    }
}

/// Refuses every client.
pub(super) struct NobodySocket;

#[socket]
impl NobodySocket {
    async fn connect() -> Result<Self, Refused> {
        Err(Refused::new())
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::stop()
    }
}

fn address(peer: PeerData) -> Value {
    let numbers: Vec<u16> = match peer.address.ip() {
        IpAddr::V4(ip) => ip.octets().map(u16::from).to_vec(),
        IpAddr::V6(ip) => ip.segments().to_vec(),
    };
    json!({ "address": numbers, "port": peer.address.port(), "ssl_cert": peer.ssl_cert.map(|der| der.len()) })
}

fn lines(headers: Headers) -> Value {
    let line = |(name, value): &(http::HeaderName, http::HeaderValue)| {
        json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())])
    };
    headers.iter().map(line).collect()
}

/// As Elixir's `URI` struct.
fn parts(uri: RequestUri) -> Value {
    json!({
        "__struct__": "URI",
        "scheme": uri.scheme,
        "authority": uri.host,
        "host": uri.host,
        "port": uri.port,
        "path": uri.path,
        "query": uri.query,
        "userinfo": null,
        "fragment": null,
    })
}
