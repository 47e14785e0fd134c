use landfall_ui_tests::EchoSocket;

struct Sse;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transport = Sse);
}

fn main() {}
