#![deny(deprecated)]

use landfall::session::SessionOptions;
use landfall_ui_tests::EchoSocket;

const SESSION: SessionOptions =
    SessionOptions { encryption_salt: Some("4k9Qz1fw"), ..SessionOptions::new("_app", "4k9Qz1fw") };

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, websocket(connect_info = [session(SESSION)]));
}

fn main() {}
