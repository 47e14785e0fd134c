use landfall_ui_tests::TokenSocket;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/token", TokenSocket, websocket(auth_token = true), longpoll);
}

fn main() {}
