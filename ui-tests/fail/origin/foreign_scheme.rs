landfall::endpoint! {
    pub struct Web;
    check_origin = ["ftp://example.com"];
}

fn main() {}
