//! Errors and what caused them.

use std::error::Error;

/// A chain may be circular.
const MOST: usize = 16;

/// An error and its causes, the outermost first: at most 16.
pub(crate) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let source = |error: &&'a (dyn Error + 'static)| -> Option<&'a (dyn Error + 'static)> {
        (*error).source()
    };
    std::iter::successors(Some(error), source).take(MOST)
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Own(Option<Box<Own>>, u8);

    impl fmt::Display for Own {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.1)
        }
    }

    impl Error for Own {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            match &self.0 {
                Some(cause) => Some(&**cause),
                None if self.1 == 0 => Some(self),
                None => None,
            }
        }
    }

    #[test]
    fn the_outermost_comes_first_and_a_circle_ends() {
        let inner = Own(None, 1);
        let outer = Own(Some(Box::new(inner)), 2);
        let said: Vec<_> = chain(&outer).map(ToString::to_string).collect();
        assert_eq!(said, ["2", "1"]);
        assert_eq!(chain(&Own(None, 0)).count(), MOST);
    }
}
