landfall::endpoint! {
    pub struct Web;
    http(port = env(NAME));
}

fn main() {}
