landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(check_origin = insecure(false, reason = "echoes only"), check_csrf = false));
}

fn main() {}
