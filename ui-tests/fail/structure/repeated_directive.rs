landfall::endpoint! {
    pub struct Web;
    url(host = "a.com");
    url(port = 80);
}

fn main() {}
