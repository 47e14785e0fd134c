landfall::endpoint! {
    pub struct Web;
    http(port = env(""));
}

fn main() {}
