landfall::endpoint! {
    pub struct Web;
    socket("/a//b", EchoSocket);
}

fn main() {}
