landfall::endpoint! {
    pub struct Web;
    http(port = 70_000);
}

fn main() {}
