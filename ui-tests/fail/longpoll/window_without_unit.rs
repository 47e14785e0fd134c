landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window = 10_000, pubsub_timeout = "2000"));
    socket("/b", EchoSocket, longpoll(window_ms = 10_000, pubsub_timeout_ms = 2_000));
}

fn main() {}
