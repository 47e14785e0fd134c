//! Values that are a list of names.

/// Makes a struct of a `Vec<String>` a value: it comes from lists, in text with commas between the
/// names, and each name is checked.
macro_rules! list_of_names {
    ($kind:ident, $check:path) => {
        impl<S: Into<String>, const N: usize> From<[S; N]> for $kind {
            fn from(names: [S; N]) -> Self {
                names.into_iter().collect()
            }
        }

        impl From<&[&str]> for $kind {
            fn from(names: &[&str]) -> Self {
                names.iter().copied().collect()
            }
        }

        impl<S: Into<String>> From<Vec<S>> for $kind {
            fn from(names: Vec<S>) -> Self {
                names.into_iter().collect()
            }
        }

        impl<S: Into<String>> FromIterator<S> for $kind {
            fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
                $kind(names.into_iter().map(Into::into).collect())
            }
        }

        impl Value for $kind {
            const TAKES: &'static str = "a list";

            fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
                Ok(listed(&text).collect())
            }

            fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
                match value {
                    Item::Array(list) => Some(strings(key, list).map(Self::from)),
                    _ => None,
                }
            }

            fn check(&self, key: Key<'_>, found: &mut Findings) {
                for mistake in self.iter().filter_map(|name| $check(name).err()) {
                    found.error(key, mistake.into());
                }
            }
        }
    };
}

pub(super) use list_of_names;
