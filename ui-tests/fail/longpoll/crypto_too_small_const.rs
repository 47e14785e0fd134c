use landfall_ui_tests::EchoSocket;

const ROUNDS: u32 = 0;
const LENGTH: usize = 15;
const AGE: std::time::Duration = std::time::Duration::from_millis(999);

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(crypto(key_iterations = ROUNDS, key_length = LENGTH, max_age = AGE)));
}

fn main() {}
