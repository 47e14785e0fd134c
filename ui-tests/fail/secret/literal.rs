landfall::endpoint! {
    pub struct Web;
    secret_key_base = "kjoy3o1zeidquwy1398juxzldjlksahdk3kjoy3o1zeidquwy1398juxzldjlksahdk3";
}

fn main() {}
