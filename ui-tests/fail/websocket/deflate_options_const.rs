use landfall_ui_tests::EchoSocket;

const LEVEL: u8 = 10;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(compress = true, deflate_options(level = LEVEL)));
}

fn main() {}
