landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, longpoll(origins = ["a"], serializer = V2, heartbeat = 1, log = info));
}

fn main() {}
