landfall::endpoint! {
    pub struct Web;
    instrumenters("Timings", ["Timings"], 7);
}

fn main() {}
