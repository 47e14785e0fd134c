landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(subprotocols = ["a b"]));
}

fn main() {}
