use landfall::session::{SessionOptions, Sessions};
use landfall_ui_tests::EchoSocket;

const SESSION: SessionOptions = SessionOptions::new("_app", "4k9Qz1fw");
const OLD: SessionOptions = SessionOptions::new("_app", "9dK2mQ0s");
const OTHER: SessionOptions = SessionOptions::new("_other", "9dK2mQ0s");

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, websocket(connect_info = [session(OLD)]));
    socket("/b", EchoSocket, websocket(connect_info = [session(OTHER)]));
    socket("/c", EchoSocket, websocket(connect_info = [session(SESSION)]));
    plug(Sessions::new(&SESSION));
}

fn main() {}
