#![deny(deprecated)]

use landfall_ui_tests::EchoSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/room/lobby", EchoSocket);
    socket("/room/:_name", EchoSocket);
    socket("/room/hall", EchoSocket);
}

fn main() {}
