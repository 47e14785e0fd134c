landfall::endpoint! {
    pub struct Web;
    url(host = "a b");
}

fn main() {}
