landfall::endpoint! {
    pub struct Web;
    live_reload(patterns = ["static"]);
}

fn main() {}
