use landfall_ui_tests::EchoSocket;

const WINDOW: u64 = 20_000;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window_ms = WINDOW));
}

fn main() {}
