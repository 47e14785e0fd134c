landfall::endpoint! {
    pub struct Web;
    url(host = "https://a.com");
}

fn main() {}
