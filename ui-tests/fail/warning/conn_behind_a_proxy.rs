#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(scheme = "https", host = "example.com", port = 443);
    http(port = 4000);
    check_origin = conn;
}

fn main() {}
