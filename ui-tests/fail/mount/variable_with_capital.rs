landfall::endpoint! {
    pub struct Web;
    socket("/s/:Id", EchoSocket);
}

fn main() {}
