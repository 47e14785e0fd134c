//! What is attacked.

use landfall::{prelude::*, pubsub::BroadcastError};

use crate::custom::Held;

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0, http2 = true);
    server = true;
    secret_key_base = SECRET;
    check_origin = conn;
    socket("/echo", Echo, websocket(compress = true), longpoll(window = millis(500)), transport = Held);
    socket("/small", Echo, websocket(compress = true, max_frame_size = 65_536, outbox(limit = 65_536)));
    socket("/large", Echo, websocket(max_frame_size = 209_715_200));
    socket("/hang", Hang, websocket(compress = true), longpoll(window = millis(500)));
    socket("/rooms", Visitor, longpoll(window = millis(500)));
    socket("/hang_small", Hang, websocket(compress = true, max_frame_size = 65_536, outbox(limit = 65_536)));
}

/// Echoes. A broadcast to all ends it.
struct Echo(Mailbox<Broadcast>);

#[socket]
impl Echo {
    async fn connect(mailbox: Mailbox<Broadcast>) -> Result<Self, Refused> {
        Ok(Echo(mailbox))
    }

    async fn init(&mut self, _: &mut Outbox) -> Flow {
        self.0.deliver("all");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }

    async fn handle_info(&mut self, _: Broadcast, _: &mut Outbox) -> Flow {
        Flow::stop()
    }
}

/// Its callback returns when a broadcast goes to all.
struct Hang(Handle);

#[socket]
impl Hang {
    async fn connect(site: Handle) -> Result<Self, Refused> {
        Ok(Hang(site))
    }

    async fn handle_in(&mut self, message: Message, _: &mut Outbox) -> Flow {
        let mut all = self.0.subscribe("all");
        let _ = all.recv().await;
        drop(message);
        Flow::stop()
    }
}

/// Has rooms. A broadcast to all ends it.
struct Visitor;

#[socket(channel("room:*", Room))]
impl Visitor {
    fn connect() -> Result<Self, Refused> {
        Ok(Visitor)
    }

    fn id(&self) -> Option<String> {
        Some("all".to_owned())
    }
}

/// Echoes, hangs, and passes broadcasts on itself.
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

    #[handle_in("hang")]
    async fn hang(&mut self, out: &mut Outlet) {
        let mut all = out.handle().subscribe("all");
        let _ = all.recv().await;
    }

    #[handle_in("shout")]
    fn shout(&mut self, payload: Payload, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast("shouted", payload)
    }

    #[handle_out("shouted")]
    fn shouted(&mut self, payload: Payload, out: &mut Outlet) {
        out.push("shouted", payload);
    }
}
