landfall::endpoint! {
    pub struct Web;
    socket("/a/", EchoSocket);
}

fn main() {}
