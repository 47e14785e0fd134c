landfall::endpoint! {
    pub struct Web;
    watchers(node = ["build.js", env("NODE_ENV")], npm = ["run", env = "NODE_ENV=development"], deno = ["run", env(PORT = 1)]);
}

fn main() {}
