landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer(batch_interval = secs(40), shutdown = secs(30)));
}

fn main() {}
