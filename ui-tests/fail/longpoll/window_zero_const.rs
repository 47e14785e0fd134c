use std::time::Duration;

use landfall_ui_tests::EchoSocket;

const WINDOW: Duration = Duration::ZERO;
const TIMEOUT: Duration = Duration::from_secs(20);

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(window = WINDOW, pubsub_timeout = TIMEOUT));
}

fn main() {}
