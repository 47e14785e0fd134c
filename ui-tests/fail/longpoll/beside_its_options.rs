landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, window = secs(5), check_origin = conn);
}

fn main() {}
