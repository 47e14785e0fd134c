landfall::endpoint! {
    pub struct Web;
    watchers = ["node", "build.js"];
}

fn main() {}
