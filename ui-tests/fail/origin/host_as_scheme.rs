landfall::endpoint! {
    pub struct Web;
    check_origin = ["localhost:4000"];
}

fn main() {}
