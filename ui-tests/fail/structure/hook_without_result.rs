landfall::endpoint! {
    pub struct Web;
    fn init(config: Config) {}
}

fn main() {}
