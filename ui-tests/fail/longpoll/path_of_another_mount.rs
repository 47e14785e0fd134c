landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/s/:a", EchoSocket, websocket = false, longpoll(path = "/x"));
    socket("/s/:b", RoomSocket, websocket(path = "/x"));
}

fn main() {}
