landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window = insecure(secs(60), reason = "the clients wait for 70 s")));
    socket("/b", EchoSocket, websocket(max_frame_size = on_purpose(unlimited, reason = "the clients are ours")));
}

fn main() {}
