#![deny(deprecated)]

use landfall::{plug::RequestId, prelude::*};
use landfall_ui_tests::EchoSocket;

endpoint! {
    pub struct Web;
    plug(RequestId::new());
    socket("/a", EchoSocket);
    plug(RequestId::new());
}

fn main() {}
