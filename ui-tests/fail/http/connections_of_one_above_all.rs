landfall::endpoint! {
    pub struct Web;
    http(max_connections = 100, max_connections_per_ip = 1_000);
}

fn main() {}
