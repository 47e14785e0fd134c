//! The serializer for a client.

use std::{any::Any, error::Error, fmt};

use super::{Requirement, Serializer, V1, V2, version::Version};
use crate::socket::{Connect, FromConnect, Refused};

/// A serializer, and the versions of the protocol that it is for.
///
/// ```
/// use landfall::channel::{Requirement, V2, Versioned};
///
/// static ONLY_V2: &[Versioned] = &[Versioned::new(&V2, Requirement::new("~> 2.0"))];
/// ```
#[derive(Clone, Copy)]
pub struct Versioned {
    /// The serializer.
    pub serializer: &'static dyn Serializer,
    /// The versions that it is for.
    pub requirement: Requirement,
}

impl Versioned {
    /// What a socket speaks unless it says otherwise: [`V1`] for `~> 1.0.0`, [`V2`] for `~> 2.0.0`.
    pub const DEFAULT: &'static [Versioned] = &[
        Versioned::new(&V1, Requirement::new("~> 1.0.0")),
        Versioned::new(&V2, Requirement::new("~> 2.0.0")),
    ];

    /// This serializer for these versions.
    pub const fn new(serializer: &'static dyn Serializer, requirement: Requirement) -> Self {
        Versioned {
            serializer,
            requirement,
        }
    }

    /// The serializer that a client's connection to a socket with channels speaks; `None` for
    /// another socket. `connect` can take it as an argument of the type `&'static Versioned`.
    pub fn of<I>(connect: &Connect<I>) -> Option<&'static Versioned> {
        let speaks: &'static dyn Any = connect.brought.speaks?;
        speaks.downcast_ref()
    }
}

/// Fails in a socket without channels.
impl<I: Send + 'static> FromConnect<I> for &'static Versioned {
    type State = ();

    async fn from_connect(connect: &Connect<I>, (): ()) -> Result<Self, Refused> {
        Ok(Versioned::of(connect).ok_or("a socket without channels has no serializer")?)
    }
}

impl fmt::Debug for Versioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}, {:?}}}", self.serializer.name(), self.requirement)
    }
}

/// The first serializer for the version that a client asks for with its parameter `vsn`: `1.0.0` if
/// it has none.
///
/// ```
/// use landfall::channel::{Versioned, negotiate};
///
/// let found = negotiate(Versioned::DEFAULT, Some("2.0.0")).unwrap();
/// assert_eq!(found.serializer.name(), "V2");
/// assert!(negotiate(Versioned::DEFAULT, Some("2.0")).is_err());
/// ```
///
/// # Errors
/// When it is not a full version (`2.0` is not), or none of the serializers is for it. The
/// connection is refused then.
pub fn negotiate(
    serializers: &'static [Versioned],
    vsn: Option<&str>,
) -> Result<&'static Versioned, UnsupportedVersion> {
    let vsn = vsn.unwrap_or("1.0.0");
    let unsupported = |serializers| UnsupportedVersion {
        vsn: shorten(vsn),
        serializers,
    };
    let version = Version::parse(vsn.as_bytes()).ok_or_else(|| unsupported(None))?;
    let mut candidates = serializers.iter();
    candidates
        .find(|candidate| candidate.requirement.allows(&version))
        .ok_or_else(|| unsupported(Some(serializers)))
}

/// No serializer is for the version that a client asked for.
#[derive(Clone, Debug)]
pub struct UnsupportedVersion {
    vsn: String,
    /// `None` if it is not a version.
    serializers: Option<&'static [Versioned]>,
}

/// In the words of Phoenix's logs.
impl fmt::Display for UnsupportedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vsn = &self.vsn;
        match self.serializers {
            None => write!(f, "Client sent invalid transport version {vsn:?}"),
            Some(serializers) => write!(
                f,
                "The client's requested transport version {vsn:?} does not match server's version requirements of \
                 {serializers:?}"
            ),
        }
    }
}

impl Error for UnsupportedVersion {}

/// Most characters of a version in a log line. A client decides how long it is.
fn shorten(vsn: &str) -> String {
    const LONGEST: usize = 64;
    match vsn.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &vsn[..end]),
        None => vsn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(vsn: Option<&str>) -> Result<&'static str, String> {
        negotiate(Versioned::DEFAULT, vsn)
            .map(|found| found.serializer.name())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn each_version_gets_its_serializer() {
        let asked = [
            None,
            Some("1.0.0"),
            Some("1.0.9"),
            Some("1.0.0+build"),
            Some("2.0.0"),
            Some("2.0.7"),
        ];
        assert_eq!(
            asked.map(|vsn| name(vsn).expect("supported")),
            ["V1", "V1", "V1", "V1", "V2", "V2"]
        );
    }

    #[test]
    fn the_first_that_matches_wins() {
        static BOTH: &[Versioned] = &[
            Versioned::new(&V2, Requirement::new(">= 1.0.0 and < 3.0.0")),
            Versioned::new(&V1, Requirement::new("~> 1.0.0")),
        ];
        assert_eq!(
            negotiate(BOTH, None).expect("supported").serializer.name(),
            "V2"
        );
    }

    #[test]
    fn others_are_refused_in_the_words_of_phoenix() {
        assert_eq!(
            name(Some("9.0.0")).expect_err("no serializer"),
            "The client's requested transport version \"9.0.0\" does not match server's version requirements of \
             [{V1, \"~> 1.0.0\"}, {V2, \"~> 2.0.0\"}]"
        );
        for vsn in [
            "2.1.0",
            "3.0.0",
            "0.9.0",
            "2.0.0-rc.1",
            "99999999999999999999.0.0",
        ] {
            assert!(
                name(Some(vsn)).expect_err(vsn).contains("does not match"),
                "{vsn}"
            );
        }
        for vsn in ["", "1", "abc", "v2.0.0", "2.0.0 ", "2.0"] {
            let expected = format!("Client sent invalid transport version {vsn:?}");
            assert_eq!(name(Some(vsn)).expect_err(vsn), expected);
        }
    }

    #[test]
    fn what_a_client_sent_is_quoted_within_bounds() {
        let error = name(Some(&"\nä".repeat(1000))).expect_err("no version");
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}
