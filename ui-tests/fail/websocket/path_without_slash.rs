landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(path = "ws"));
}

fn main() {}
