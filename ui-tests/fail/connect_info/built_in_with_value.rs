landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(connect_info = [uri = 1]));
}

fn main() {}
