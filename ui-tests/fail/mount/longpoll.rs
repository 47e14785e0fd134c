landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, longpoll = true);
}

fn main() {}
