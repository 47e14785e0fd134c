landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(connect_info = [uri, session(SESSION)]));
}

fn main() {}
