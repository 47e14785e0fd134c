landfall::endpoint! {
    pub struct Web;
    trusted_proxies = ["10.0.0.0/33", "fd00::/129"];
}

fn main() {}
