landfall::endpoint! {
    pub struct Web;
    url(host = "a.com:4000");
}

fn main() {}
