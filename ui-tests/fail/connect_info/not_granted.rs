use landfall_ui_tests::RoomSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", RoomSocket, websocket(connect_info = [uri]));
}

fn main() {}
