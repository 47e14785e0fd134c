//! `force_ssl`: where a redirect leads, and who does not speak TLS.

use super::{Case, Outcome, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "the port of https",
        reason: "a redirect leads to where `https` listens, as `url()` does: Phoenix leaves the port out, and leads to 443, \
                 where nobody listens",
        want: port_of_https,
    },
    Rule {
        name: "another alert",
        reason: "what is no TLS at all is told so by `decode_error` or by `unexpected_message` (RFC 8446 §6.2): nobody reads \
                 either who has sent HTTP",
        want: another_alert,
    },
];

fn port_of_https(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let listens = case.theme == "force_ssl" && case.mount.contains("https on ");
    let Some(location) = got.header("location").filter(|_| listens) else {
        return false;
    };
    // A replay has ports of its own. The port of `https` is the one after that of `http`.
    let Some((name, number)) = location
        .strip_suffix(case.request.target.as_str())
        .and_then(|url| url.rsplit_once(':'))
    else {
        return false;
    };
    let Some((_, led)) = wanted
        .headers
        .iter_mut()
        .find(|(key, _)| key.eq_ignore_ascii_case("location"))
    else {
        return false;
    };
    let same = number.parse().ok() == got.server_port.checked_add(1)
        && *led == format!("{name}{}", case.request.target);
    if same {
        location.clone_into(led);
    }
    same
}

fn another_alert(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    const UNEXPECTED_MESSAGE: &str = "1503030002020a";
    const DECODE_ERROR: &str = "15030300020232";

    let told = case.theme == "force_ssl" && wanted.body.as_deref() == Some(UNEXPECTED_MESSAGE);
    if told {
        wanted.body = Some(DECODE_ERROR.to_owned());
    }
    told
}
