landfall::endpoint! {
    pub struct Web;
    check_origin = ["//*.co.uk"];
}

fn main() {}
