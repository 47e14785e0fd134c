use landfall_ui_tests::{EchoSocket, PresetSocket};

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/s/:a", EchoSocket, longpoll);
    socket("/s/:b", PresetSocket, websocket = false, longpoll);
}

fn main() {}
