landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(outbox(overflow = drop_newest)));
}

fn main() {}
