use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a/../b", EchoSocket);
}

fn main() {}
