#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;

    http(port = 4000);
    server = true;
}

fn main() {}
