landfall::endpoint! {
    pub struct Web;
    trusted_proxies = ["10.0.0.1"];
    force_ssl(rewrite_on = [x_forwarded_protocol, "x-forwarded-for"]);
    rewrite_on = x_forwarded_proto;
}

fn main() {}
