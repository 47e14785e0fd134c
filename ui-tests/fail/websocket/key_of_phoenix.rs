landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(max_frame_length = 1000));
}

fn main() {}
