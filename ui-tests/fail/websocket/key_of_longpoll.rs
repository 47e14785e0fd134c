landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(window = millis(1)));
}

fn main() {}
