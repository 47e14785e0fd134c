landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket = "on");
}

fn main() {}
