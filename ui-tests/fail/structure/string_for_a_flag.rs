landfall::endpoint! {
    pub struct Web;
    server = "yes";
}

fn main() {}
