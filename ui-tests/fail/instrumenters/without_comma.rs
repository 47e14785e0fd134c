struct Timings;

landfall::endpoint! {
    pub struct Web;
    instrumenters(Timings Timings);
}

fn main() {}
