landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = never));
}

fn main() {}
