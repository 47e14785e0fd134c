landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer(batch_size = 0));
}

fn main() {}
