#![deny(deprecated)]

use landfall::assets::Static;

landfall::endpoint! {
    pub struct Web;
    plug(Static::new("static").gzip());
    plug(Static::new("static").at("/files"));
}

fn main() {}
