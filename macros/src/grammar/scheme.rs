//! The scheme of a URL.

use super::{Mistake, spelling};

/// Whether it is `https`.
pub(crate) fn is_https(text: &str) -> Result<bool, Mistake> {
    let lower = text.to_ascii_lowercase();
    let help = match (
        text,
        lower.as_str(),
        spelling::did_you_mean(&lower, ["http", "https"]),
    ) {
        ("http", ..) => return Ok(false),
        ("https", ..) => return Ok(true),
        (_, "ws", _) => "clients derive `ws` from `http`",
        (_, "wss", _) => "clients derive `wss` from `https`",
        (.., Some(_)) if lower.contains('s') => "did you mean `\"https\"`?",
        (.., Some(_)) => "did you mean `\"http\"`?",
        (.., None) => "write `scheme = \"https\"`",
    };
    Err(Mistake::new(format!(
        "`scheme` is `\"http\"` or `\"https\"`, not `{text:?}`"
    ))
    .help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_meant() {
        assert_eq!((is_https("http"), is_https("https")), (Ok(false), Ok(true)));
        let help = |text| is_https(text).map_err(|mistake| mistake.help.concat());
        for text in ["htps", "htpps", "httsp", "HTTPS", "Https"] {
            assert_eq!(
                help(text),
                Err("did you mean `\"https\"`?".to_owned()),
                "{text}"
            );
        }
        for text in ["htp", "htttp", "HTTP"] {
            assert_eq!(
                help(text),
                Err("did you mean `\"http\"`?".to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            help("wss"),
            Err("clients derive `wss` from `https`".to_owned())
        );
        assert_eq!(help("gopher"), Err("write `scheme = \"https\"`".to_owned()));
    }
}
