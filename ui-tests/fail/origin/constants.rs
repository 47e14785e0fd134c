use landfall_ui_tests::EchoSocket;

const NONE: &[&str] = &[];
const MAIN: &str = "example.com";
const SOCKETS: &[&str] = &["//example.com", "wss://example.com"];
const PAGES: &[&str] = &["https://example.com/chat"];
const STARS: &[&str] = &["//*.example.com", "//a.*.com"];

landfall::endpoint! {
    pub struct Web;
    check_origin = NONE;
    socket("/a", EchoSocket, websocket(check_origin = ["//a.example.com", MAIN]));
    socket("/b", EchoSocket, websocket(check_origin = SOCKETS));
    socket("/c", EchoSocket, websocket(check_origin = PAGES));
    socket("/d", EchoSocket, websocket(check_origin = STARS));
}

fn main() {}
