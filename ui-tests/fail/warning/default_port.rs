#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    check_origin = ["https://example.com:443", "//example.org:443"];
}

fn main() {}
