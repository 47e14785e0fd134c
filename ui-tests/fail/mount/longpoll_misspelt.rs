landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, longpol = true);
}

fn main() {}
