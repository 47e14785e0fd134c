landfall::endpoint! {
    pub struct Web;
    socket("/s/:id", EchoSocket, websocket(path = "/x/:id"));
}

fn main() {}
