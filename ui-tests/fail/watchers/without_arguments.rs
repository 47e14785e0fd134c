landfall::endpoint! {
    pub struct Web;
    watchers(node = [], npm = [cd = "assets"]);
}

fn main() {}
