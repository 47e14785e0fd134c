landfall::endpoint! {
    pub struct Web;
    trusted_proxies = ["0.0.0.0/0", "::/0"];
}

fn main() {}
