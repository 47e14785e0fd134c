landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websocket(auth_token = true, subprotocols = ["phoenix"]));
}

fn main() {}
