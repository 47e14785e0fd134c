landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    longpoll(window = secs(5));
}

fn main() {}
