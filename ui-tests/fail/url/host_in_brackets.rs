landfall::endpoint! {
    pub struct Web;
    url(host = "[::1]");
}

fn main() {}
