struct Timings;

landfall::endpoint! {
    pub struct Web;
    instrumenters(Timings);
}

fn main() {}
