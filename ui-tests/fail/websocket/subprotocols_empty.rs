landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(subprotocols = []));
}

fn main() {}
