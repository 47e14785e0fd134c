landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(max_frame_size = unlimited));
}

fn main() {}
