landfall::endpoint! {
    pub struct Web;
    check_origin = ["//a.*.com"];
}

fn main() {}
