use landfall_ui_tests::EchoSocket;

const NONE: usize = 0;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(max_batch = NONE, max_sessions_per_ip = NONE));
}

fn main() {}
