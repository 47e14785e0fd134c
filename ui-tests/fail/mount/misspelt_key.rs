landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, websockt = true);
}

fn main() {}
