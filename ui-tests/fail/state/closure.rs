use landfall::prelude::*;

endpoint! {
    struct Web;
    check_origin = |_, _, _| true;
    socket("/a", landfall_ui_tests::EchoSocket, websocket(error_handler = || todo!()));
    plug(|| todo!());
    service(|_edge, _more| todo!());
}

fn wrong(_: u8) -> bool {
    true
}

endpoint! {
    struct Other;
    check_origin = wrong;
}

fn main() {}
