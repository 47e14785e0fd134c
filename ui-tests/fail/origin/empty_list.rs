landfall::endpoint! {
    pub struct Web;
    check_origin = [];
}

fn main() {}
