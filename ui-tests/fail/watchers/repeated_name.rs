landfall::endpoint! {
    pub struct Web;
    watchers(npm = ["run", "css"], npm = ["run", "js"]);
}

fn main() {}
