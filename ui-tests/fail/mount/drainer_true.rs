landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer = true);
}

fn main() {}
