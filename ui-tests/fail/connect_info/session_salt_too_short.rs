use landfall::session::SessionOptions;
use landfall_ui_tests::EchoSocket;

const SESSION: SessionOptions = SessionOptions::new("_app", "salt");

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, websocket(connect_info = [session(SESSION)]));
}

fn main() {}
