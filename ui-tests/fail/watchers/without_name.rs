landfall::endpoint! {
    pub struct Web;
    watchers(["node", "build.js"]);
    force_watchers = "yes";
}

fn main() {}
