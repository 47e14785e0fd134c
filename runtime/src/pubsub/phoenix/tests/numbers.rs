//! Numbers as Erlang writes them, and the structs that are numbers or times.

use super::{super::jason, *};
use crate::term::Term;

#[test]
fn floats_are_as_short_as_erlang_writes_them() {
    for (value, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-2.5, "-2.5"),
        (0.1, "0.1"),
        (100.0, "100.0"),
        (1000.0, "1.0e3"),
        (1234.0, "1234.0"),
        (12_345_000.0, "1.2345e7"),
        (0.001, "0.001"),
        (0.0001, "0.0001"),
        (0.00001, "1.0e-5"),
        (0.000_012_5, "1.25e-5"),
        (9_007_199_254_740_991.0, "9007199254740991.0"),
        (9_007_199_254_740_992.0, "9.007199254740992e15"),
        (1e22, "1.0e22"),
        (5e-324, "5.0e-324"),
        (f64::MAX, "1.7976931348623157e308"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
    ] {
        assert_eq!(number::float(value), text);
    }
}

#[test]
fn integers_of_any_length_keep_their_digits() {
    let longest = "9".repeat(2400);
    for digits in [
        "0",
        "7",
        "18446744073709551616",
        "10000000000000000000000000000000000000000",
        &longest,
    ] {
        let bytes = number::bytes(digits);
        assert_eq!(number::decimal(&bytes), digits);
    }
    assert_eq!(number::decimal(&[0, 0, 0]), "0");
    for text in [
        "{\"a\":170141183460469231731687303715884105727}",
        "{\"a\":170141183460469231731687303715884105728}",
        "{\"a\":-170141183460469231731687303715884105728}",
        "{\"a\":-170141183460469231731687303715884105729}",
        &format!("{{\"a\":-{longest}}}"),
    ] {
        assert_eq!(carried(text), text);
    }
}

fn atom(name: &str) -> Term {
    Term::Atom(name.to_owned())
}

fn of(name: &str, fields: &[(&str, Term)]) -> Result<String, String> {
    let calendar = ("calendar", atom("Elixir.Calendar.ISO"));
    let name = ("__struct__", atom(name));
    let fields = [name, calendar].into_iter().chain(fields.iter().cloned());
    let map = Term::Map(fields.map(|(name, value)| (atom(name), value)).collect());
    jason::json(&map, MOST).map_err(|error| error.to_string())
}

#[test]
fn decimals_are_written_out() {
    let decimal = |sign, coef: Term, exp| {
        let fields = [
            ("sign", Term::Int(sign)),
            ("coef", coef),
            ("exp", Term::Int(exp)),
        ];
        of("Elixir.Decimal", &fields)
    };
    for (sign, coef, exp, text) in [
        (1, 0, 0, "0"),
        (1, 125, 0, "125"),
        (1, 125, -2, "1.25"),
        (-1, 125, -3, "-0.125"),
        (1, 125, -5, "0.00125"),
        (1, 125, 3, "125000"),
        (1, 5, -1, "0.5"),
        (-1, 1_000, -2, "-10.00"),
    ] {
        let written = decimal(sign, Term::Int(coef), exp);
        assert_eq!(written, Ok(format!("\"{text}\"")));
    }
    assert_eq!(decimal(1, atom("NaN"), 0), Ok("\"NaN\"".to_owned()));
    assert_eq!(decimal(-1, atom("inf"), 0), Ok("\"-Infinity\"".to_owned()));
    let broken = Err("a date, a time or a decimal is broken".to_owned());
    assert_eq!(decimal(0, Term::Int(1), 0), broken);
    assert_eq!(decimal(1, Term::Int(-1), 0), broken);
    assert_eq!(decimal(1, Term::Int(1), 1_000_000_000_000), broken);
    assert_eq!(decimal(1, Term::Int(1), -1_000_000), broken);
}

#[test]
fn times_have_their_zone() {
    let int = |value: i128| Term::Int(value);
    let zoned = |zone: &str, utc, saving, microsecond: (i128, i128)| {
        let fields = [
            ("year", int(-5)),
            ("month", int(7)),
            ("day", int(9)),
            ("hour", int(1)),
            ("minute", int(2)),
            ("second", int(3)),
            (
                "microsecond",
                Term::Tuple(vec![int(microsecond.0), int(microsecond.1)]),
            ),
            ("time_zone", Term::text(zone)),
            ("utc_offset", int(utc)),
            ("std_offset", int(saving)),
        ];
        of("Elixir.DateTime", &fields)
    };
    for (zone, utc, saving, microsecond, end) in [
        ("Etc/UTC", 0, 0, (0, 0), "Z"),
        ("Europe/London", 0, 0, (0, 0), "+00:00"),
        ("Europe/Berlin", 3600, 3600, (4_500, 4), ".0045+02:00"),
        ("America/St_Johns", -12_600, 0, (1, 6), ".000001-03:30"),
    ] {
        let text = format!("\"-0005-07-09T01:02:03{end}\"");
        assert_eq!(zoned(zone, utc, saving, microsecond), Ok(text));
    }
    assert!(zoned("Etc/UTC", 0, 0, (0, 7)).is_err());
    assert!(zoned("Etc/UTC", 0, 0, (1_000_000, 6)).is_err());
    assert!(of("Elixir.Date", &[("year", int(1)), ("month", int(1))]).is_err());
}
