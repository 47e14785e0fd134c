use landfall_ui_tests::EchoSocket;

const LIMIT: usize = 8;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(max_frame_size = LIMIT));
}

fn main() {}
