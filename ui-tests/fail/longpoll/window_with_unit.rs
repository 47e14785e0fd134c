landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window_ms = secs(10), pubsub_timeout_ms = "2000"));
}

fn main() {}
