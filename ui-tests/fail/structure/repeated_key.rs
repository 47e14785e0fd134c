landfall::endpoint! {
    pub struct Web;
    url(host = "a.com", host = "b.com");
}

fn main() {}
