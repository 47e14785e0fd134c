landfall::endpoint! {
    pub struct Web;
    instrumenters();
}

fn main() {}
