landfall::endpoint! {
    pub struct Web;
    trusted_proxies = [10];
}

fn main() {}
