landfall::endpoint! {
    pub struct Web;
    watchers(node = "build.js --watch", npm = true);
}

fn main() {}
