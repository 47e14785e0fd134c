landfall::endpoint! {
    pub struct Web;
    url(port = 65_536);
}

fn main() {}
