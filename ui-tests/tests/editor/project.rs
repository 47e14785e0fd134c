use landfall::{channel::*, prelude::*};

endpoint! {
    pub struct Web;

    url(host = "example.com", port = 443, scheme = "https");
    http(ip = [127, 0, 0, 1], port = 4000);
    secret_key_base = env("SECRET_KEY_BASE");
    check_origin = conn;
    socket("/echo", Echo, websocket(timeout = secs(45), connect_info = [uri]), drainer(batch_size = 7), log = info);
    socket("/chat", Chat);
    plug(layer());
    // more
}

fn layer() -> tower_layer::Identity {
    tower_layer::Identity::new()
}

pub struct Echo;

#[socket(websocket(compress = true), log = debug)]
impl Echo {
    async fn connect(#[param] room: Option<String>, #[info] uri: Uri) -> Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

pub struct Chat;

#[socket(channel("room:*", Room, assigns = 7_u8), max_channels = 8)]
impl Chat {
    async fn connect() -> Result<Self, Refused> {
        Ok(Chat)
    }
}

pub struct Room;

#[channel(Chat, shutdown = secs(4))]
impl Room {
    async fn join(#[rest] room: String) -> Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("say")]
    async fn say(&mut self, out: &mut Outlet) -> Answer {
        Answer::Continue
    }
}

fn main() {
    let _ = Web::builder();
}
