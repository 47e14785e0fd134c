#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(scheme = "http", host = "example.com", port = 443);
    static_url(scheme = "https", host = "example.com", port = 80);
}

fn main() {}
