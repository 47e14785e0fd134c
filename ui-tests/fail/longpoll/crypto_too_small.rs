landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(crypto(key_iterations = 0, key_length = 8, max_age = secs(0))));
}

fn main() {}
