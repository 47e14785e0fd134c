landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = env("TIMEOUT")));
}

fn main() {}
