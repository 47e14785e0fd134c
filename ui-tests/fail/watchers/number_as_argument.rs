landfall::endpoint! {
    pub struct Web;
    watchers(node = ["serve.js", 8080, cd = 1, command = ""]);
}

fn main() {}
