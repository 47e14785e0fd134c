landfall::endpoint! {
    pub struct Web;
    check_origin = ["null", "file://"];
}

fn main() {}
