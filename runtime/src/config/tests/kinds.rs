//! Kinds of values with more than one form.

use super::*;

#[test]
fn trusted_proxies_come_from_every_layer() {
    let declared = |setting| Case {
        declared: Settings {
            trusted_proxies: setting,
            ..Settings::default()
        },
        environment: &[("PROXIES", " 10.0.0.1, fd00::/8,unix "), ("NOBODY", "")],
        ..Case::default()
    };
    let of = |setting| declared(setting).config().trusted_proxies;
    assert_eq!(of(Setting::UNSET), TrustedProxies::none());
    assert_eq!(
        of(Setting::given(vec!["::1".to_owned()])),
        TrustedProxies::from(["::1"])
    );
    let several = TrustedProxies::from(["10.0.0.1", "fd00::/8", "unix"]);
    assert_eq!(of(Setting::env("PROXIES")), several);
    assert_eq!(
        of(Setting::env_or("NOBODY", ["::1"])),
        TrustedProxies::none()
    );
    let changed = declared(Setting::given(["::1"])).resolve_with(|mut config| {
        config.trusted_proxies = ["nobody"].into();
        Ok(config)
    });
    let error = changed.expect_err("wrong").to_string();
    assert!(
        error.contains(
            "`\"nobody\"` is neither an address nor a network (`trusted_proxies` from init"
        ),
        "{error}"
    );
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    for (list, text) in [
        (
            "[\"proxy\"]",
            "`\"proxy\"` is neither an address nor a network (",
        ),
        (
            "[\"10.0.0.0/33\"]",
            "the prefix of `\"10.0.0.0/33\"` must be at most 32 (",
        ),
        (
            "[\"10.0.0.1/8\"]",
            "`\"10.0.0.1/8\"` is an address inside of a network (",
        ),
        (
            "[8]",
            "`trusted_proxies` takes a list of strings, this has a number (",
        ),
        ("\"10.0.0.1\"", "`trusted_proxies` takes a list ("),
        ("true", "`trusted_proxies` takes a list, this is `true` ("),
    ] {
        let finding = file(Box::leak(
            format!("trusted_proxies = {list}").into_boxed_str(),
        ))
        .findings()
        .remove(0);
        assert!(finding.starts_with(text), "{finding}");
    }
}

#[test]
fn check_origin_has_four_forms() {
    let check = |text| file(text).config().check_origin;
    assert_eq!(check("check_origin = true"), CheckOrigin::Host);
    assert_eq!(check("check_origin = false"), CheckOrigin::Off);
    assert_eq!(check("check_origin = \"conn\""), CheckOrigin::Conn);
    let finding = |text| file(text).findings().remove(0);
    assert!(finding("check_origin = \"con\"").starts_with("unknown value `con` ("));
    assert!(
        finding("check_origin = \"https://a.com\"").starts_with("`check_origin` takes a list (")
    );
    assert!(finding("check_origin = []").starts_with("an empty list refuses every browser ("));
    assert!(
        finding("check_origin = [1]")
            .starts_with("`check_origin` takes a list of strings, this has a number (")
    );

    let declared = || Settings {
        check_origin: Setting::env("ORIGINS"),
        ..Settings::default()
    };
    let environment: &[_] = &[("ORIGINS", "//a.com, https://b.com")];
    let config = Case {
        declared: declared(),
        environment,
        ..Case::default()
    }
    .config();
    assert_eq!(
        config.check_origin,
        CheckOrigin::List(vec!["//a.com".to_owned(), "https://b.com".to_owned()])
    );
}

#[test]
fn cipher_suites_come_from_text_and_lists() {
    let declared = || Settings {
        https: Group::on(Https {
            ciphers: Setting::env_or("CIPHERS", ["TLS_AES_128_GCM_SHA256"]),
            ..Https::DEFAULT
        }),
        ..Settings::default()
    };
    let spoken = |case: Case| {
        let https = case.config().https.expect("`https`");
        https.ciphers.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let case = Case {
        declared: declared(),
        ..Case::default()
    };
    assert_eq!(spoken(case), ["TLS_AES_128_GCM_SHA256"]);
    let both = [
        "TLS_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ];
    let case = Case {
        declared: declared(),
        environment: &[(
            "CIPHERS",
            "TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        )],
        ..Case::default()
    };
    assert_eq!(spoken(case), both);
    let text =
        "https.ciphers = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]";
    assert_eq!(spoken(file(text)), both);
    let wrong = file("https.ciphers = [\"RC4-MD5\"]").findings();
    assert_eq!(
        wrong,
        [
            "\"RC4-MD5\" is not a cipher suite that is spoken here (`https.ciphers` from landfall.toml:1)"
        ]
    );
}

#[test]
fn only_an_ipv6_address_can_leave_ipv4_out() {
    let wrong = file("http = { ip = \"0.0.0.0\", ipv6_only = true }").findings();
    assert_eq!(
        wrong,
        [
            "`ipv6_only` has no effect without an IPv6 address (`http.ipv6_only` from landfall.toml:1)"
        ]
    );
    let http = file("http = { ip = \"::\", ipv6_only = true }")
        .config()
        .http;
    assert!(http.is_some_and(|http| http.ipv6_only));
}
