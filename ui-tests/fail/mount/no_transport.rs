use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket = false);
}

fn main() {}
