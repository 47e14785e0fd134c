landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(connect_info = [peer_dta]));
}

fn main() {}
