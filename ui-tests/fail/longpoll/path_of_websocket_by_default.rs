use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/s", EchoSocket, longpoll(path = "/websocket"));
}

fn main() {}
