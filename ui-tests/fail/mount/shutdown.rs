use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, shutdown = millis(5000));
}

fn main() {}
