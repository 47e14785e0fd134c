landfall::endpoint! {
    pub struct Web;
    url("a.com");
}

fn main() {}
