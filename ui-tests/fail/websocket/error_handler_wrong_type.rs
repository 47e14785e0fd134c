use landfall_ui_tests::EchoSocket;

fn refused() {}

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(error_handler = refused));
}

fn main() {}
