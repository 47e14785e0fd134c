//! The period in which a certificate is valid. rustls does not provide it, so it is read from the
//! DER.

use std::{fmt, ops::RangeInclusive};

/// The first and the last second of validity, since 1970.
pub(super) fn validity(certificate: &[u8]) -> Option<RangeInclusive<i64>> {
    const VERSION: u8 = 0xa0;
    const SEQUENCE: u8 = 0x30;

    let (_, certificate, _) = value(certificate)?;
    let (_, mut fields, _) = value(certificate)?;
    if fields.first() == Some(&VERSION) {
        fields = value(fields)?.2;
    }
    // Serial number, algorithm of the signature, issuer.
    for _ in 0..3 {
        fields = value(fields)?.2;
    }
    let (tag, validity, _) = value(fields)?;
    let (from, first, rest) = value(validity)?;
    let (to, last, _) = value(rest)?;
    (tag == SEQUENCE).then_some(time(from, first)?..=time(to, last)?)
}

/// A value of DER: its tag, its content, and the bytes after it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = bytes else {
        return None;
    };
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (
                digits
                    .iter()
                    .fold(0, |length, digit| length << 8 | usize::from(*digit)),
                rest,
            )
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;

    let text = text
        .strip_suffix(b"Z")
        .filter(|text| text.iter().all(u8::is_ascii_digit))?;
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
    };
    let (year, rest) = match (tag, text.len()) {
        (UTC_TIME, 12) => {
            let year = number(&text[..2]);
            (
                if year < 50 { 2000 + year } else { 1900 + year },
                &text[2..],
            )
        }
        (GENERALIZED_TIME, 14) => (number(&text[..4]), &text[4..]),
        _ => return None,
    };
    let mut parts = rest.chunks(2).map(number);
    let [month, day, hour, minute, second] =
        std::array::from_fn(|_| parts.next().unwrap_or_default());
    (1..=12)
        .contains(&month)
        .then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01. A year begins in March here, so that the leap day is its last day.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A time as a date.
pub(super) struct Date(pub(super) i64);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(86_400) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn finds_the_dates_of_a_certificate() {
        for (from, to) in [
            ((1970, 1, 1), (2049, 12, 31)),
            ((2024, 2, 29), (2050, 1, 1)),
            ((1999, 3, 1), (2100, 2, 28)),
        ] {
            let mut params = CertificateParams::new(["a.com".to_owned()]).expect("params");
            params.not_before = date_time_ymd(from.0, from.1, from.2);
            params.not_after = date_time_ymd(to.0, to.1, to.2);
            let key = KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            let range = validity(certificate.der()).expect("dates");
            assert_eq!(
                Date(*range.start()).to_string(),
                format!("{:04}-{:02}-{:02}", from.0, from.1, from.2)
            );
            assert_eq!(
                Date(*range.end()).to_string(),
                format!("{:04}-{:02}-{:02}", to.0, to.1, to.2)
            );
        }
    }

    #[test]
    fn knows_the_seconds() {
        assert_eq!(time(0x17, b"700101000000Z"), Some(0));
        assert_eq!(time(0x18, b"20240229235959Z"), Some(1_709_251_199));
        assert_eq!(time(0x17, b"491231235959Z"), Some(2_524_607_999));
        for bad in [
            &b"7001010000Z"[..],
            b"7001010000000",
            b"701301000000Z",
            b"70010100000xZ",
        ] {
            assert_eq!(time(0x17, bad), None);
        }
    }

    #[test]
    fn is_not_confused_by_what_is_no_certificate() {
        for bytes in [
            &b""[..],
            b"0",
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 2, 0x30, 0],
            &[0x30, 0x80],
        ] {
            assert_eq!(validity(bytes), None);
        }
    }
}
