//! Suggestions for misspelt names.

/// The one of `known` that `word` was probably meant to be: at most two edits away, and less than
/// half of it changed.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (edits(word, name), name))
        .filter(|(edits, name)| *edits <= 2 && edits * 2 < name.chars().count().max(2))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// `a`, `b`, `c`, in backticks.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Levenshtein distance, with a swap of neighbours as one edit. Only the beginning of a long `a`
/// counts.
fn edits(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(LONGEST).collect(), b.chars().collect());
    let mut table = Table {
        cells: Vec::new(),
        width: b.len() + 1,
    };
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let (Some(up), Some(left)) = (i.checked_sub(1), j.checked_sub(1)) else {
                table.cells.push(i + j);
                continue;
            };
            let differ = usize::from(a.get(up) != b.get(left));
            let mut best = table.at(up, left) + differ;
            best = best.min(table.at(up, j) + 1).min(table.at(i, left) + 1);
            if let (Some(up2), Some(left2)) = (up.checked_sub(1), left.checked_sub(1))
                && a.get(up) == b.get(left2)
                && a.get(up2) == b.get(left)
            {
                best = best.min(table.at(up2, left2) + 1);
            }
            table.cells.push(best);
        }
    }
    table.at(a.len(), b.len())
}

/// Filled row by row.
struct Table {
    cells: Vec<usize>,
    width: usize,
}

impl Table {
    fn at(&self, row: usize, column: usize) -> usize {
        self.cells
            .get(row * self.width + column)
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn suggests_what_is_near() {
        assert_eq!(did_you_mean("urll", ["url", "http"]), Some("url"));
        assert_eq!(did_you_mean("hots", ["host", "port"]), Some("host"));
        assert_eq!(did_you_mean("live_view", ["url", "http"]), None);
        assert_eq!(did_you_mean("ip", ["ab"]), None);
    }
}
