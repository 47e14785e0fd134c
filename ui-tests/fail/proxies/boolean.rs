landfall::endpoint! {
    pub struct Web;
    trusted_proxies = true;
}

fn main() {}
