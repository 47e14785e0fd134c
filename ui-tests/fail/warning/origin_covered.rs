#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    check_origin = ["//*.example.com", "https://a.example.com:8443", "//example.org"];
}

fn main() {}
