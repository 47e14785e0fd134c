landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(connect_info = [headers]));
}

fn main() {}
