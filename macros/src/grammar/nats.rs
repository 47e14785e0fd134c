//! URLs of NATS servers.

use super::Mistake;

/// Checks the URL of a server. It may hold a password: no message shows it.
pub(crate) fn check(url: &str) -> Result<(), Mistake> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(Mistake::new("the URL of a NATS server has no scheme").help(FORM));
    };
    if !["nats", "tls"].contains(&scheme) {
        let mistake = Mistake::new("the URL of a NATS server begins with `nats://` or `tls://`");
        return Err(mistake.help(FORM));
    }
    if is_place(after_user(rest)) {
        Ok(())
    } else {
        Err(Mistake::new("the URL of a NATS server has a host, and perhaps a port").help(FORM))
    }
}

/// What a URL looks like.
const FORM: &str = "write `\"nats://host:4222\"`, or `\"tls://host:4222\"`";

fn after_user(rest: &str) -> &str {
    rest.rsplit_once('@').map_or(rest, |(_, place)| place)
}

/// `host`, `host:port` or `[::1]:port`.
fn is_place(place: &str) -> bool {
    let place = place.strip_suffix('/').unwrap_or(place);
    let (host, port) = match place
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, port)) if address.contains(':') => (address, port.strip_prefix(':')),
        Some(_) => return false,
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let is_host = !host.is_empty()
        && host
            .chars()
            .all(|char| char.is_alphanumeric() || ".-_:%".contains(char));
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_a_scheme_a_host_and_perhaps_a_port() {
        for url in [
            "nats://localhost",
            "nats://10.0.0.1:4222",
            "tls://nats.example.com:4222/",
            "nats://[::1]:4222",
            "nats://user:p@ss@host:4222",
            "nats://token@host",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in [
            "",
            "localhost:4222",
            "http://localhost",
            "redis://localhost",
            "nats://",
            "nats://:4222",
            "nats://host:0",
            "nats://host:port",
            "nats://host:70000",
            "nats://host/path",
            "nats://a b",
            "nats://[::1",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
    }

    #[test]
    fn no_message_shows_a_password() {
        let checked = check("http://user:secret@host");
        assert!(checked.is_err() && !format!("{checked:?}").contains("secret"));
    }
}
