landfall::endpoint! {
    pub struct Web;
    url(port = -1);
}

fn main() {}
