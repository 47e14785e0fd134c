landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = sec(60)));
}

fn main() {}
