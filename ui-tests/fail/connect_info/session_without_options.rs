landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/a", EchoSocket, websocket(connect_info = [session()]));
    socket("/b", EchoSocket, websocket(connect_info = [session(key = "_app")]));
    socket("/c", EchoSocket, websocket(connect_info = [uri(1), sesion(SESSION)]));
}

fn main() {}
