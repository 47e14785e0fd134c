landfall::endpoint! {
    pub struct Web;
    socket("socket", EchoSocket);
}

fn main() {}
