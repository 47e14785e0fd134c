landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transport);
}

fn main() {}
