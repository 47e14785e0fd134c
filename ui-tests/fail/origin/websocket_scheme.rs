landfall::endpoint! {
    pub struct Web;
    check_origin = ["wss://example.com"];
}

fn main() {}
