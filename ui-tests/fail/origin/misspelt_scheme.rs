landfall::endpoint! {
    pub struct Web;
    check_origin = ["htps://example.com", "*://example.com"];
}

fn main() {}
