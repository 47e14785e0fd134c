//! Without the feature `peers` nothing is beside Landfall.

use crate::Result;

pub(crate) fn run(_: &[&str]) -> Result<()> {
    Err("usage: landfall-benches counts [approve]; help: the other benches need the feature `peers`".into())
}

pub(crate) async fn serve(name: &str, _: u16) -> Result<()> {
    Err(format!("no such server without the feature `peers`: {name}").into())
}
