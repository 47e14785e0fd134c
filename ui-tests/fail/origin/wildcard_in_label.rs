landfall::endpoint! {
    pub struct Web;
    check_origin = ["https://ex*.com"];
}

fn main() {}
