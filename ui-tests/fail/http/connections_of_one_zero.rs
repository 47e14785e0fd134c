landfall::endpoint! {
    pub struct Web;
    http(max_connections_per_ip = 0);
}

fn main() {}
