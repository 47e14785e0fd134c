landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transprot = Sse::new());
}

fn main() {}
