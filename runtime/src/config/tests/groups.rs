//! Groups that a layer turns off.

use super::*;

fn on(port: u16) -> Group<Http> {
    Group::on(Http {
        port: Setting::exact(port),
        max_headers: Setting::exact(10),
        ..Http::DEFAULT
    })
}

/// A declaration, and start options.
fn case(declared: Group<Http>, file: &'static str, options: Group<Http>) -> Case {
    let settings = |http| Settings {
        http,
        ..Settings::default()
    };
    Case {
        declared: settings(declared),
        file: (!file.is_empty()).then_some(file),
        options: settings(options),
        ..Case::default()
    }
}

#[test]
fn a_layer_turns_off_what_lies_below_and_is_turned_on_by_what_lies_above() {
    for (declared, file, options, expected) in [
        (on(1), "", Group::UNSET, Some((1, 10))),
        (Group::OFF, "", Group::UNSET, None),
        (Group::OFF, "http.port = 2", Group::UNSET, Some((2, 100))),
        (on(1), "http = false", Group::UNSET, None),
        (Group::OFF, "http = false", on(3), Some((3, 10))),
        (on(1), "http.port = 2", Group::OFF, None),
        (Group::OFF, "http.port = 2", on(3), Some((3, 10))),
        (on(1), "http.max_headers = 20", Group::UNSET, Some((1, 20))),
    ] {
        let text = format!("{declared:?} {file} {options:?}");
        let config = case(declared, file, options).config();
        assert_eq!(config.listens(), expected.is_some(), "{text}");
        let http = config.http.map(|http| (http.port, http.max_headers));
        assert_eq!(http, expected, "{text}");
    }
}

#[test]
fn the_endpoints_drainer_is_on_until_a_layer_turns_it_off() {
    let shutdown = |case: Case| case.config().drainer.map(|drainer| drainer.shutdown);
    let five = Some(Duration::from_secs(5));
    assert_eq!(shutdown(Case::default()), five);
    assert_eq!(shutdown(file("drainer = false")), None);
    let off = || Settings {
        drainer: Group::OFF,
        ..Settings::default()
    };
    let declared = |file| Case {
        declared: off(),
        file,
        ..Case::default()
    };
    assert_eq!(shutdown(declared(None)), None);
    assert_eq!(shutdown(declared(Some("drainer.delay = \"1s\""))), five);
    let options = Case {
        file: Some("drainer.shutdown = \"1s\""),
        options: off(),
        ..Case::default()
    };
    assert_eq!(shutdown(options), None);
}
