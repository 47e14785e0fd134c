landfall::endpoint! {
    pub struct Web;
    server = false;
    url(host = "a.com")
    http(port = 4000);
}

fn main() {}
