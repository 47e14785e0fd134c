landfall::endpoint! {
    pub struct Web;
    socket("/a%2fb", EchoSocket);
}

fn main() {}
