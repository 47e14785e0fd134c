use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer(batch_interval = secs(40)));
}

fn main() {}
