landfall::endpoint! {
    pub struct Web;
    https(port = 4443);
    force_ssl(exclude = ["/health", "https://example.com"], exclude_paths = ["health"]);
}

fn main() {}
