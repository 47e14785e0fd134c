#![deny(deprecated)]

use landfall::assets::Static;

landfall::endpoint! {
    pub struct Web;
    cache_manifest_skip_vsn = true;
    plug(Static::new("static").only(["assets"]));
}

fn main() {}
