use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(max_sessions_per_ip = unlimited));
}

fn main() {}
