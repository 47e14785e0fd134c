#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    check_origin = ["//example.com", "https://example.org", "//example.com"];
}

fn main() {}
