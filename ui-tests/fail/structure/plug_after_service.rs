landfall::endpoint! {
    pub struct Web;
    service(router());
    plug(layer());
}

fn main() {}
