landfall::endpoint! {
    pub struct Web;
    check_origin = ["//example.com:99999"];
}

fn main() {}
