landfall::endpoint! {
    pub struct Web;
    socket("/a", EchoSocket, transport = longpoll);
}

fn main() {}
