landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window_ms = 0, pubsub_timeout_ms = 0));
}

fn main() {}
