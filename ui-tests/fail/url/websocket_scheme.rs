landfall::endpoint! {
    pub struct Web;
    url(scheme = "wss", port = 443);
}

fn main() {}
