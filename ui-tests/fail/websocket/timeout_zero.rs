landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = millis(0)));
}

fn main() {}
