landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(fullsweep_after = 0));
}

fn main() {}
