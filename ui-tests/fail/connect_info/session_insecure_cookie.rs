use landfall::session::{SameSite, SessionOptions};
use landfall_ui_tests::EchoSocket;

const SESSION: SessionOptions =
    SessionOptions { same_site: Some(SameSite::None), ..SessionOptions::new("_app", "a salt of its own") };

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, websocket(connect_info = [session(SESSION)]));
}

fn main() {}
