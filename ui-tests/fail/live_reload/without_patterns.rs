landfall::endpoint! {
    pub struct Web;
    live_reload(patterns = []);
}

fn main() {}
