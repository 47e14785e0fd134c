use http::request::Parts;
use landfall::prelude::*;

fn session_of(request: &Parts) -> String {
    request.uri.path().to_owned()
}

endpoint! {
    struct Web;

    secret_key_base = env("SECRET_KEY_BASE");
    socket("/socket", Sock, websocket(connect_info = [session(session_of)]));
}

struct Sock;

#[socket]
impl Sock {
    fn connect() -> Self {
        Sock
    }

    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

fn main() {}
