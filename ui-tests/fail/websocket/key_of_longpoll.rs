landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(window_ms = 1));
}

fn main() {}
