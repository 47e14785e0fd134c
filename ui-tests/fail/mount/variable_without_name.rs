landfall::endpoint! {
    pub struct Web;
    socket("/s/:", EchoSocket);
}

fn main() {}
