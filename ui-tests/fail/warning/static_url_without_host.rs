#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(host = "example.com");
    static_url(path = "/static");
}

fn main() {}
