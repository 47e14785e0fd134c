landfall::endpoint! {
    pub struct Web;
    check_origin = "https://a.com";
}

fn main() {}
