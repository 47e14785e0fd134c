landfall::endpoint! {
    #[allow(deprecated)]
    pub struct Web;
}

const SCRIPT: &str = landfall::static_path!(Web, "assets/app.js");
const EVIL: Option<&str> = landfall::static_integrity!(Web, "/\\evil.com/app.js");

fn main() {}
