landfall::endpoint! {
    pub struct Web;
    trusted_proxies = "10.0.0.1";
}

fn main() {}
