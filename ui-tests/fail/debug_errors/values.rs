landfall::endpoint! {
    pub struct Web;
    debug_errors = "yes";
}

landfall::endpoint! {
    pub struct Other;
    debug_errors = env("DEBUG");
}

fn main() {}
