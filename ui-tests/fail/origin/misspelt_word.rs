landfall::endpoint! {
    pub struct Web;
    check_origin = con;
}

fn main() {}
