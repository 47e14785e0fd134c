#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    url(host = "Example.com");
}

fn main() {}
