landfall::endpoint! {
    pub struct Web;
    service(a());
    service(b());
}

fn main() {}
