landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/s", EchoSocket, websocket(path = "/x"), longpoll(path = "/x"));
}

fn main() {}
