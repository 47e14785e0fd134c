use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(serializer = [(V2, "~> 2.0.0")]));
}

fn main() {}
