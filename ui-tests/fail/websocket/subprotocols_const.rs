use landfall_ui_tests::EchoSocket;

const NAMES: &[&str] = &["a", "a,b"];

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(subprotocols = NAMES));
}

fn main() {}
