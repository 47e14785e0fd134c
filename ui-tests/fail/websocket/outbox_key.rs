landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(outbox(limt = 1)));
}

fn main() {}
