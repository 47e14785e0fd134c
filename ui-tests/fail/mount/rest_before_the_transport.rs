landfall::endpoint! {
    pub struct Web;
    socket("/s/*rest", EchoSocket);
}

fn main() {}
