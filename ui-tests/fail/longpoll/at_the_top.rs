landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    longpoll(window_ms = 5_000);
}

fn main() {}
