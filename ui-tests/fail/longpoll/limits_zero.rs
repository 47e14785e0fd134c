landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(max_body_size = 0, max_batch = 0, max_sessions = 0, max_sessions_per_ip = 0));
}

fn main() {}
