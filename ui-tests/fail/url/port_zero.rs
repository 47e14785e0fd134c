landfall::endpoint! {
    pub struct Web;
    url(port = 0);
}

fn main() {}
