landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = 60));
}

fn main() {}
