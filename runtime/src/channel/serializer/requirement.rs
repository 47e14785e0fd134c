//! Which versions a serializer is for.

use std::{cmp::Ordering, fmt};

use super::version::Version;

/// Which versions of the protocol a serializer is for: `~> 2.0.0`, or `>= 1.0.0 and < 3.0.0`.
///
/// | requirement | versions |
/// | --- | --- |
/// | `== 2.0.0`, or just `2.0.0` | this one |
/// | `!= 2.0.0` | all others |
/// | `> 2.0.0`, `>= 2.0.0`, `< 2.0.0`, `<= 2.0.0` | higher, lower |
/// | `~> 2.0.3` | `>= 2.0.3`, and the first two numbers are these |
/// | `~> 2.1` | `>= 2.1.0`, and the first number is this |
///
/// `and` and `or` join several, evaluated from left to right without precedence. A pre-release is
/// lower than its version (`2.0.0-rc.1` does not meet `~> 2.0.0`), and build metadata is ignored.
///
/// ```
/// use landfall::channel::Requirement;
///
/// const V2: Requirement = Requirement::new("~> 2.0.0");
/// assert!(V2.matches("2.0.7"));
/// assert!(!V2.matches("2.1.0") && !V2.matches("2.0.0-rc.1") && !V2.matches("2.0"));
/// ```
///
/// A requirement that cannot be read does not compile:
///
/// ```compile_fail,E0080
/// # use landfall::channel::Requirement;
/// const TWO: Requirement = Requirement::new("~> 2");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Requirement(&'static str);

impl Requirement {
    /// Reads a requirement. Use it in a `const`, where a bad one is a compile error.
    ///
    /// # Panics
    /// If the text is not a requirement.
    #[track_caller]
    pub const fn new(text: &'static str) -> Requirement {
        let mut rest = text.as_bytes();
        loop {
            let Some(clause) = Clause::read(rest) else {
                panic!(
                    "expected a version requirement, such as `~> 2.0.0` or `>= 1.0.0 and < 3.0.0`"
                );
            };
            if clause.rest.is_empty() {
                return Requirement(text);
            }
            let Some((_, next)) = Joint::read(clause.rest) else {
                panic!("expected `and` or `or` between the clauses of a version requirement");
            };
            rest = next;
        }
    }

    /// The requirement as written.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }

    /// True if this version meets it. False for a text that is not a full version.
    pub fn matches(&self, version: &str) -> bool {
        Version::parse(version.as_bytes()).is_some_and(|version| self.allows(&version))
    }

    pub(super) fn allows(&self, version: &Version<'_>) -> bool {
        let (mut met, mut joint, mut rest) = (false, Joint::Or, self.0.as_bytes());
        while let Some(clause) = Clause::read(rest) {
            let this = clause.operator.allows(version, &clause.version);
            met = match joint {
                Joint::And => met && this,
                Joint::Or => met || this,
            };
            let Some((next_joint, next)) = Joint::read(clause.rest) else {
                break;
            };
            (joint, rest) = (next_joint, next);
        }
        met
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An operator and its version.
struct Clause<'a> {
    operator: Operator,
    version: Version<'a>,
    /// What follows, without spaces before it.
    rest: &'a [u8],
}

impl<'a> Clause<'a> {
    const fn read(text: &'a [u8]) -> Option<Self> {
        let (operator, rest) = Operator::read(skip_spaces(text));
        let (word, rest) = word(skip_spaces(rest));
        let version = match operator {
            Operator::About => Version::partial(word),
            _ => Version::parse(word),
        };
        match version {
            Some(version) => Some(Clause {
                operator,
                version,
                rest: skip_spaces(rest),
            }),
            None => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Operator {
    About,
    AtLeast,
    AtMost,
    Above,
    Below,
    Is,
    IsNot,
}

impl Operator {
    const fn read(text: &[u8]) -> (Self, &[u8]) {
        match text {
            [b'~', b'>', rest @ ..] => (Operator::About, rest),
            [b'>', b'=', rest @ ..] => (Operator::AtLeast, rest),
            [b'<', b'=', rest @ ..] => (Operator::AtMost, rest),
            [b'=', b'=', rest @ ..] => (Operator::Is, rest),
            [b'!', b'=', rest @ ..] => (Operator::IsNot, rest),
            [b'>', rest @ ..] => (Operator::Above, rest),
            [b'<', rest @ ..] => (Operator::Below, rest),
            rest => (Operator::Is, rest),
        }
    }

    fn allows(self, version: &Version<'_>, required: &Version<'_>) -> bool {
        let order = version.compare(required);
        match self {
            Operator::About => version.is_about(required),
            Operator::AtLeast => order.is_ge(),
            Operator::AtMost => order.is_le(),
            Operator::Above => order == Ordering::Greater,
            Operator::Below => order == Ordering::Less,
            Operator::Is => order == Ordering::Equal,
            Operator::IsNot => order != Ordering::Equal,
        }
    }
}

#[derive(Clone, Copy)]
enum Joint {
    And,
    Or,
}

impl Joint {
    const fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        match text {
            [b'a', b'n', b'd', b' ', rest @ ..] => Some((Joint::And, rest)),
            [b'o', b'r', b' ', rest @ ..] => Some((Joint::Or, rest)),
            _ => None,
        }
    }
}

const fn skip_spaces(text: &[u8]) -> &[u8] {
    match text {
        [b' ', rest @ ..] => skip_spaces(rest),
        rest => rest,
    }
}

/// What stands before the next space, and what follows.
const fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let mut length = 0;
    while length < text.len() && text[length] != b' ' {
        length += 1;
    }
    text.split_at(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators() {
        let cases = [
            (
                "~> 2.0.0",
                "2.0.0 2.0.1 2.0.99 2.0.0+build",
                "1.9.9 2.1.0 3.0.0 2.0.0-rc.1 2.1.0-0 2.1.0-rc.1",
            ),
            (
                "~> 2.1",
                "2.1.0 2.2.0 2.9.9",
                "2.0.9 3.0.0 2.1.0-rc.1 3.0.0-0",
            ),
            (
                "~> 2.1.0-rc.1",
                "2.1.0-rc.1 2.1.0-rc.2 2.1.0 2.1.7",
                "2.1.0-beta 2.2.0",
            ),
            ("~> 2.1-rc.1", "2.1.0-rc.1 2.1.0 2.3.0", "2.1.0-beta 3.0.0"),
            ("== 2.0.0", "2.0.0 2.0.0+build", "2.0.1 2.0.0-rc.1"),
            ("2.0.0", "2.0.0", "2.0.1 1.0.0"),
            ("!= 2.0.0", "2.0.1 2.0.0-rc.1", "2.0.0 2.0.0+build"),
            ("> 2.0.0", "2.0.1 10.0.0", "2.0.0 2.0.0-rc.1 1.0.0"),
            (">= 2.0.0", "2.0.0 2.0.1", "1.9.9 2.0.0-rc.1"),
            ("< 2.0.0", "1.9.9 2.0.0-rc.1", "2.0.0 2.0.1"),
            ("<= 2.0.0", "1.9.9 2.0.0", "2.0.1 3.0.0-rc"),
        ];
        for (requirement, good, bad) in cases {
            let requirement = Requirement::new(requirement);
            good.split(' ')
                .for_each(|good| assert!(requirement.matches(good), "{good} is {requirement}"));
            bad.split(' ')
                .for_each(|bad| assert!(!requirement.matches(bad), "{bad} is not {requirement}"));
        }
    }

    #[test]
    fn clauses_are_joined_from_left_to_right() {
        let both = Requirement::new(">=1.0.0   and < 3.0.0 ");
        assert!(
            !both.matches("0.9.9")
                && both.matches("1.0.0")
                && both.matches("2.9.9")
                && !both.matches("3.0.0")
        );
        let either = Requirement::new("~> 1.0.0 or ~> 2.0.0");
        assert!(either.matches("1.0.5") && either.matches("2.0.5") && !either.matches("1.1.0"));
        // With precedence the second clause could not undo the first.
        let chain = Requirement::new("1.0.0 or 2.0.0 and != 1.0.0");
        assert!(!chain.matches("1.0.0") && chain.matches("2.0.0"));
    }

    #[test]
    fn others_are_refused() {
        let bad = [
            "",
            " ",
            "~>",
            "~> 2",
            "2",
            "2.0",
            ">= 2.0",
            "~> 2.0.0.0",
            "=> 2.0.0",
            "= 2.0.0",
            "~> v2.0.0",
            "and",
            "1.0.0 and",
            "1.0.0 and ",
            "and 1.0.0",
            "1.0.0 2.0.0",
            "1.0.0 xor 2.0.0",
            "1.0.0 and or 2.0.0",
            "> < 1.0.0",
            "1.0.0or 2.0.0",
            "1.0.0 or2.0.0",
            "\t1.0.0",
            "~> 2.x",
        ];
        for bad in bad {
            assert!(
                std::panic::catch_unwind(|| Requirement::new(bad)).is_err(),
                "{bad:?} was read"
            );
        }
    }
}
