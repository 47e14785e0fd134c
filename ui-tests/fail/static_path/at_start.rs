landfall::endpoint! {
    pub struct Web;
    url(path = env("PREFIX").or("/"));
}

const SCRIPT: &str = landfall::static_path!(Web, "/assets/app.js");

fn main() {}
