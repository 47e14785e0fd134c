landfall::endpoint! {
    pub struct Web;
    server(true);
}

fn main() {}
