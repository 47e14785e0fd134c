//! Structs of Elixir that Jason writes as text: dates, times, and numbers with decimals.

use super::number::{self, LONGEST_INTEGER};
use crate::{
    escape::shown,
    message::EncodeError,
    term::{Term, big},
};

/// The maximum number of zeros that a decimal is filled up with.
const ZEROS: i32 = 1024;

/// The name of the struct that these are the fields of.
pub(super) fn name(pairs: &[(Term, Term)]) -> Option<&str> {
    match field(pairs, "__struct__") {
        Some(Term::Atom(name)) => Some(name),
        _ => None,
    }
}

/// The field of that name.
pub(super) fn field<'a>(pairs: &'a [(Term, Term)], name: &str) -> Option<&'a Term> {
    let found = pairs
        .iter()
        .find(|(key, _)| matches!(key, Term::Atom(key) if key == name));
    found.map(|(_, value)| value)
}

/// What Jason writes between quotation marks for a struct.
pub(super) fn text(name: &str, fields: &[(Term, Term)]) -> Result<String, EncodeError> {
    let fields = Fields(fields);
    let text = match name {
        "Elixir.Date" => fields.date(),
        "Elixir.Time" => fields.time(),
        "Elixir.NaiveDateTime" => fields.naive(),
        "Elixir.DateTime" => fields.zoned(),
        "Elixir.Decimal" => fields.decimal(),
        _ => {
            let name = name.strip_prefix("Elixir.").unwrap_or(name);
            return Err(EncodeError::new(format!(
                "a struct has no JSON here: {}",
                shown(name)
            )));
        }
    };
    text.ok_or(EncodeError::new("a date, a time or a decimal is broken"))
}

struct Fields<'a>(&'a [(Term, Term)]);

impl Fields<'_> {
    fn get(&self, name: &str) -> Option<&Term> {
        field(self.0, name)
    }

    fn int(&self, name: &str) -> Option<i32> {
        match self.get(name)? {
            Term::Int(value) => i32::try_from(*value).ok(),
            _ => None,
        }
    }

    /// A number of two digits.
    fn two(&self, name: &str) -> Option<i32> {
        self.int(name).filter(|value| (0..100).contains(value))
    }

    fn is_iso(&self) -> Option<()> {
        match self.get("calendar")? {
            Term::Atom(name) if name == "Elixir.Calendar.ISO" => Some(()),
            _ => None,
        }
    }

    fn date(&self) -> Option<String> {
        self.is_iso()?;
        let year = self.int("year").filter(|year| year.abs() < 10_000)?;
        let sign = if year < 0 { "-" } else { "" };
        let (month, day) = (self.two("month")?, self.two("day")?);
        Some(format!("{sign}{:04}-{month:02}-{day:02}", year.abs()))
    }

    fn time(&self) -> Option<String> {
        self.is_iso()?;
        let (hour, minute) = (self.two("hour")?, self.two("minute")?);
        let second = self.two("second")?;
        let Term::Tuple(microsecond) = self.get("microsecond")? else {
            return None;
        };
        let [
            Term::Int(value @ 0..1_000_000),
            Term::Int(precision @ 0..=6),
        ] = microsecond[..]
        else {
            return None;
        };
        let mut text = format!("{hour:02}:{minute:02}:{second:02}");
        if precision > 0 {
            let digits = format!("{value:06}");
            text.push('.');
            text.push_str(digits.get(..usize::try_from(precision).ok()?)?);
        }
        Some(text)
    }

    fn naive(&self) -> Option<String> {
        Some(format!("{}T{}", self.date()?, self.time()?))
    }

    fn zoned(&self) -> Option<String> {
        let naive = self.naive()?;
        let (utc, saving) = (self.int("utc_offset")?, self.int("std_offset")?);
        let utc_zone = matches!(self.get("time_zone")?, Term::Binary(zone) if zone == b"Etc/UTC");
        if (utc, saving, utc_zone) == (0, 0, true) {
            return Some(naive + "Z");
        }
        let offset = utc.checked_add(saving)?;
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.unsigned_abs() / 60;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        Some(format!("{naive}{sign}{hours:02}:{minutes:02}"))
    }

    fn decimal(&self) -> Option<String> {
        let sign = match self.int("sign")? {
            1 => "",
            -1 => "-",
            _ => return None,
        };
        let digits = match self.get("coef")? {
            Term::Int(value @ 0..) => value.to_string(),
            Term::Opaque(encoding) => match big(encoding)? {
                (false, digits) if digits.len() <= LONGEST_INTEGER => number::decimal(digits),
                _ => return None,
            },
            Term::Atom(name) if name == "NaN" => return Some("NaN".to_owned()),
            Term::Atom(name) if name == "inf" => return Some(format!("{sign}Infinity")),
            _ => return None,
        };
        let exponent = self.int("exp").filter(|exponent| exponent.abs() <= ZEROS)?;
        let point = i32::try_from(digits.len()).ok()? + exponent;
        let text = match exponent {
            0.. => digits + &"0".repeat(usize::try_from(exponent).ok()?),
            _ => number::plain(&digits, point),
        };
        Some(format!("{sign}{text}"))
    }
}
