landfall::endpoint! {
    pub struct Web;
    socket("/ws/:a", EchoSocket);
    socket("/ws/:b", EchoSocket);
}

fn main() {}
