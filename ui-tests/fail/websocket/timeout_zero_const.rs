use landfall_ui_tests::EchoSocket;

const LIMIT: landfall::mount::Timeout = landfall::mount::Timeout::After(std::time::Duration::ZERO);

landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(timeout = LIMIT));
}

fn main() {}
