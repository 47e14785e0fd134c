landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(subprotocols = ["a", "a"]));
}

fn main() {}
