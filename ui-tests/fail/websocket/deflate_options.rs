use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(compress = true, deflate_options(level = 10)));
    socket("/b", EchoSocket, websocket(compress = true, deflate_options(memory_level = 0, window_bits = 8)));
    socket("/c", EchoSocket, websocket(compress = true, deflate_options(level = "best", mem_level = 8)));
}

fn main() {}
