landfall::endpoint! {
    pub struct Web;
    socket("/s/*rest/x", EchoSocket);
}

fn main() {}
