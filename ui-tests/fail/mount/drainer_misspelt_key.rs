landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, drainer(batchsize = 1));
}

fn main() {}
