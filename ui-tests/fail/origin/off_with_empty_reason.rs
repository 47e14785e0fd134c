landfall::endpoint! {
    pub struct Web;
    check_origin = insecure(false, reason = "");
}

fn main() {}
