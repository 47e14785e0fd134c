landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(compress = true, max_frame_size = 128, error_handler = refused));
}

fn main() {}
