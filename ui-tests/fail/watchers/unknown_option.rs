landfall::endpoint! {
    pub struct Web;
    watchers(node = ["build.js", cdd = "assets"], npm = ["run", "css", directory = "assets"]);
}

fn main() {}
