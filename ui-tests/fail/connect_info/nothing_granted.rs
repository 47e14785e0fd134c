use landfall_ui_tests::RoomSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", RoomSocket);
}

fn main() {}
