#![deny(deprecated)]

use landfall::assets::Static;

landfall::endpoint! {
    pub struct Web;
    plug(Static::new("/srv/static").only(["assets"]));
}

fn main() {}
