landfall::endpoint! {
    pub struct Web;
    filter_parameters(contains = "iban", keep = ["id", ""], kep = ["page"]);
}

fn main() {}
