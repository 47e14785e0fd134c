fn allowed(origin: &str) -> bool {
    origin.is_empty()
}

landfall::endpoint! {
    pub struct Web;
    check_origin = allowed;
}

fn main() {}
