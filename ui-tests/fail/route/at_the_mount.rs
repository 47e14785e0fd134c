use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    struct Web;
    socket("/socket", EchoSocket, channel("lobby", Lobby), max_channels = 3);
}

fn main() {}
