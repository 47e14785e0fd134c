//! Tables of figures: a row for each round of each server, and medians at the end.

pub(crate) const ROUNDS: usize = 5;

pub(crate) fn title(names: &[&str]) {
    let names: String = names.iter().map(|name| format!("{name:>22}")).collect();
    println!("{:<22} {names}", "");
}

pub(crate) fn row<const N: usize>(server: &str, figures: [f64; N], note: &str) {
    println!(
        "{server:<22} {}  ({note})",
        figures.map(|figure| format!("{figure:>22.2}")).concat()
    );
}

pub(crate) fn medians<const N: usize>(seen: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|figure| median(seen.iter().map(|round| round[figure])))
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
