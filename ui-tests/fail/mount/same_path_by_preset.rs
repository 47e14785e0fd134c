use landfall_ui_tests::{EchoSocket, PresetSocket};

landfall::endpoint! {
    pub struct Web;
    socket("/a", PresetSocket);
    socket("/a", EchoSocket, websocket(path = "/ws"));
}

fn main() {}
