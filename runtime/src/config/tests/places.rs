//! `ip`: one place to listen, or several.

use super::*;

fn places(case: Case) -> Vec<String> {
    let http = case.config().http.expect("`http`");
    http.ip.iter().map(ToString::to_string).collect()
}

#[test]
fn each_layer_takes_one_place_or_several() {
    let declared = || Settings {
        http: Group::on(Http {
            ip: Setting::env_or("PLACES", [Ip::ANY, Ip::from("unix:/a")]),
            ..Http::DEFAULT
        }),
        ..Settings::default()
    };
    let case = || Case {
        declared: declared(),
        ..Case::default()
    };
    assert_eq!(places(case()), ["0.0.0.0", "unix:/a"]);
    let case = |environment| Case {
        environment,
        ..case()
    };
    assert_eq!(places(case(&[("PLACES", "systemd:web")])), ["systemd:web"]);
    let several = case(&[("PLACES", "127.0.0.1, [::1]:4001,unix:/b")]);
    assert_eq!(places(several), ["127.0.0.1", "[::1]:4001", "unix:/b"]);
    for (text, expected) in [
        ("http.ip = \"::1\"", &["::1"][..]),
        ("http.ip = [127, 0, 0, 1]", &["127.0.0.1"]),
        (
            "http.ip = [[127, 0, 0, 1], \"[::1]:0\", \"systemd\"]",
            &["127.0.0.1", "[::1]:0", "systemd"],
        ),
    ] {
        assert_eq!(places(file(text)), expected, "{text}");
    }
}

#[test]
fn places_of_which_only_one_can_be_opened_are_found() {
    let finding = |text| file(text).findings().join("; ");
    for (text, said) in [
        (
            "http.ip = [\"::\", \"127.0.0.1\"]",
            "`[::]:4000` and `127.0.0.1:4000` overlap: only one of them can be opened",
        ),
        (
            "http.ip = [\"127.0.0.1\", \"127.0.0.1\"]",
            "`127.0.0.1:4000` is taken twice",
        ),
        (
            "http.ip = [\"systemd\", \"systemd:web\"]",
            "`systemd` and `systemd:web` take the same sockets of systemd",
        ),
        (
            "http = { ip = \"systemd\" }\nhttps = { ip = \"systemd\" }",
            "`systemd` is taken twice",
        ),
        (
            "http = { ip = \"127.0.0.1\" }\nhttps = { ip = \"0.0.0.0:4000\" }",
            "`127.0.0.1:4000` and `0.0.0.0:4000` overlap: only one of them can be opened",
        ),
        (
            "https = { ip = [\"127.0.0.1\", \"unix:/a\"] }",
            "`https` does not listen on a Unix socket",
        ),
        (
            "http.ip = []",
            "`ip` is an empty list: nothing would listen",
        ),
        (
            "http.ip = [\"127.0.0.1\", \"localhost\"]",
            "this is not an IPv4 address (4 numbers 0-255) or IPv6 address (8 numbers 0-65535)",
        ),
    ] {
        let finding = finding(text);
        assert!(finding.starts_with(said), "{text}: {finding}");
        assert!(finding.contains(".ip` from landfall.toml:"), "{finding}");
    }
    let both = "http = { ip = [\"0.0.0.0\", \"::\"], ipv6_only = true }";
    assert_eq!(places(file(both)), ["0.0.0.0", "::"]);
}
