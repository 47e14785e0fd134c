landfall::endpoint! {
    pub struct Web;
    check_origin = ["*.example.com"];
}

fn main() {}
