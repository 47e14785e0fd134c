landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/s", EchoSocket, longpoll);
    socket("/s", EchoSocket, longpoll);
}

fn main() {}
