#![deny(deprecated)]

use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(check_origin = true));
}

fn main() {}
