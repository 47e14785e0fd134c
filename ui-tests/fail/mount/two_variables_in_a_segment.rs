landfall::endpoint! {
    pub struct Web;
    socket("/s/:a:b", EchoSocket);
}

fn main() {}
