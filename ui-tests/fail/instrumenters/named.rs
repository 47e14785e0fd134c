struct Timings;

landfall::endpoint! {
    pub struct Web;
    instrumenters(timings = Timings);
}

fn main() {}
