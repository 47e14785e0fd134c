landfall::endpoint! {
    pub struct Web;
    check_origin = ["https://example.com/"];
}

fn main() {}
