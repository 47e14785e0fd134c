landfall::endpoint! {
    pub struct Web;
    pub struct Other;
}

fn main() {}
