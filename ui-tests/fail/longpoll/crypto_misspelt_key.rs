landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(crypto(iterations = 2_000, key_lenght = 32), max_age = secs(60)));
}

fn main() {}
