use landfall::prelude::*;

endpoint! {
    struct Web;

    secret_key_base = env("SECRET_KEY_BASE");
    socket("/socket", Sock, websocket(connect_info = [session(|| SESSION)]));
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
