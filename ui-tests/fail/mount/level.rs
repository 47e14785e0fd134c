landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, log = verbose);
}

fn main() {}
