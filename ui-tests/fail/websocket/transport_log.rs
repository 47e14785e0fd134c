landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(transport_log = verbose));
}

fn main() {}
