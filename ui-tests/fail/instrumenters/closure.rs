struct Timings;

landfall::endpoint! {
    pub struct Web;
    instrumenters(|| Timings, |state, edge| Timings);
}

fn main() {}
