//! The soak: `cargo run --release -p landfall-tests --bin soak -- MINUTES`.
//!
//! Prints a line each minute, then a table of goals and results. Exits with 1 if a goal is missed.

use std::{env, error::Error, process::ExitCode, time::Duration};

use landfall_tests::soak;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let wish = env::args()
        .nth(1)
        .ok_or("how many minutes?\n  help: soak 20")?;
    let runtime = tokio::runtime::Runtime::new()?;
    if wish == soak::SERVE {
        runtime.block_on(soak::serve())?;
        return Ok(ExitCode::SUCCESS);
    }
    let time = wish
        .parse()
        .ok()
        .and_then(|minutes: f64| Duration::try_from_secs_f64(minutes * 60.0).ok());
    let time = time.ok_or_else(|| format!("`{wish}` is not a number of minutes"))?;
    let report = runtime.block_on(soak::run(&env::current_exe()?, time))?;
    print!("{report}");
    for missed in report.missed() {
        eprintln!("error: missed: {missed}");
    }
    Ok(if report.missed().next().is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
