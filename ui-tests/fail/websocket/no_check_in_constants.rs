use landfall_ui_tests::EchoSocket;

const CHECK: bool = false;

landfall::endpoint! {
    pub struct Web;
    socket(
        "/a",
        EchoSocket,
        websocket(check_origin = insecure(false, reason = "any page may come"), check_csrf = CHECK),
    );
}

fn main() {}
