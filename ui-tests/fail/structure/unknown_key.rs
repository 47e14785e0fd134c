landfall::endpoint! {
    pub struct Web;
    url(query = "a");
}

fn main() {}
