landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transport = "sse");
    socket("/b", EchoSocket, transport = false);
}

fn main() {}
