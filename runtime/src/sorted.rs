//! Small maps as lists that are sorted by name: a tree of one more type would be a hundred functions to compile.

/// Where a name stands, or would.
pub(crate) fn place<T>(list: &[(String, T)], name: &str) -> Result<usize, usize> {
    list.binary_search_by(|(other, _)| other.as_str().cmp(name))
}

pub(crate) fn get<'a, T>(list: &'a [(String, T)], name: &str) -> Option<&'a T> {
    let at = place(list, name).ok()?;
    Some(&list[at].1)
}

/// Puts a value in the place of the one that has its name, if there is one.
pub(crate) fn put<T>(list: &mut Vec<(String, T)>, name: String, value: T) {
    match place(list, &name) {
        Ok(at) => list[at].1 = value,
        Err(at) => list.insert(at, (name, value)),
    }
}
