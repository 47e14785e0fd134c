landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transport(Sse::new()));
}

fn main() {}
