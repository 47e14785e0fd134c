landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(check_origin = false));
}

fn main() {}
