landfall::endpoint! {
    pub struct Web {
        port: u16,
    }
}

fn main() {}
