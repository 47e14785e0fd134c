use landfall_ui_tests::RoomSocket;

landfall::endpoint! {
    pub struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket("/room", RoomSocket, websocket(connect_info = [uri]), longpoll(connect_info = [uri, user_agent]));
}

fn main() {}
