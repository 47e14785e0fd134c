//! What a message costs with two workers on two processors, beside one worker on one.
//!
//! Where both cost the same, two workers do twice as much in a second: so the quotient of the costs
//! says how much more they do, also on a machine whose processors have to drive the load as well.

use crate::{
    Result,
    peers::table::{ROUNDS, median, medians, row, title},
    process::Server,
    scenarios::{self, Load},
};

pub(crate) async fn compare() -> Result<()> {
    println!("microseconds of CPU for one of each");
    let [_memory, names @ ..] = scenarios::NAMES;
    title(&names);
    let mut seen = [Vec::new(), Vec::new()];
    for round in 1..=ROUNDS {
        for (workers, seen) in (1..).zip(&mut seen) {
            let server = Server::start_workers("landfall", workers).await?;
            let [_memory, costs @ ..] = scenarios::run(&server, &Load::TIMED).await?;
            row(&name(workers), costs, &format!("round {round}"));
            seen.push(costs);
        }
    }
    for (workers, seen) in (1..).zip(&seen) {
        row(&name(workers), medians(seen), "median");
    }
    let [one, two] = &seen;
    let gain: [f64; 6] = std::array::from_fn(|figure| {
        let rounds = one.iter().zip(two);
        median(rounds.map(|(one, two)| 2.0 * one[figure] / two[figure]))
    });
    row("two do so much more", gain, "median of the rounds");
    Ok(())
}

fn name(workers: usize) -> String {
    format!("workers: {workers}")
}
