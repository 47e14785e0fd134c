use landfall_ui_tests::EchoSocket;

const WINDOW: u64 = 0;
const TIMEOUT: u64 = 20_000;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window_ms = WINDOW, pubsub_timeout_ms = TIMEOUT));
}

fn main() {}
