landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(connect_info = [custom = 1, uri]));
}

fn main() {}
