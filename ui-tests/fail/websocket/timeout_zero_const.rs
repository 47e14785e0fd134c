use landfall_ui_tests::EchoSocket;

const LIMIT: landfall::Timeout = landfall::Timeout::After(std::time::Duration::ZERO);

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = LIMIT));
}

fn main() {}
