#![deny(deprecated)]

landfall::endpoint! {
    pub struct Web;
    force_watchers = true;
}

fn main() {}
