landfall::endpoint! {
    pub struct Web;
    socket(PATH, EchoSocket);
}

fn main() {}
