//! Runs inputs through a target: `cargo run -p landfall-fuzz -- TARGET FILE..`.
//!
//! Built by `tests/fuzz/run` it is libFuzzer instead, which makes the inputs itself. The target is
//! then the one that the environment variable `TARGET` names.

#![cfg_attr(libfuzzer, no_main)]

#[cfg(libfuzzer)]
mod fuzzer {
    use std::sync::OnceLock;

    use landfall_fuzz::{Target, target};

    // libFuzzer calls a C function, which is given bytes and nothing else.
    static RUN: OnceLock<Target> = OnceLock::new();

    libfuzzer_sys::fuzz_target!(
        init: {
            let name = std::env::var("TARGET").expect("TARGET names a target");
            RUN.get_or_init(|| target(&name).expect("there is such a target"));
        },
        |data: &[u8]| {
            if let Some(run) = RUN.get() {
                run(data);
            }
        }
    );
}

#[cfg(not(libfuzzer))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let Some(run) = landfall_fuzz::target(&name) else {
        let names = landfall_fuzz::TARGETS.map(|(name, _)| name).join(", ");
        return Err(format!("there is no target `{name}`\n  help: one of {names}").into());
    };
    for file in args {
        println!("{file}");
        run(&std::fs::read(file)?);
    }
    Ok(())
}
