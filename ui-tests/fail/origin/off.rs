landfall::endpoint! {
    pub struct Web;
    check_origin = false;
}

fn main() {}
