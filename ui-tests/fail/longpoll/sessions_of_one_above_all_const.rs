use landfall_ui_tests::EchoSocket;

const ALL: usize = 10;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(max_sessions = ALL, max_sessions_per_ip = 11));
}

fn main() {}
