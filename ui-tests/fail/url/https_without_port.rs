landfall::endpoint! {
    pub struct Web;
    url(scheme = "https", host = "a.com");
    http(port = 4000);
}

fn main() {}
