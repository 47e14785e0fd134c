landfall::endpoint! {
    pub struct Web;
    server = 1;
}

fn main() {}
