#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
}

fn main() {}
