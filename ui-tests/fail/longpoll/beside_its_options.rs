landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, window_ms = 5_000, check_origin = conn);
}

fn main() {}
