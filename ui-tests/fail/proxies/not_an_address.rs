landfall::endpoint! {
    pub struct Web;
    trusted_proxies = ["10.0.0.0/8", "proxy.example.com", "*"];
}

fn main() {}
