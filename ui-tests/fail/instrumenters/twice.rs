struct Timings;

landfall::endpoint! {
    pub struct Web;
    instrumenters(Timings);
    instrumenters(Timings);
}

fn main() {}
