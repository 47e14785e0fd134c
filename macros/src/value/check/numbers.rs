//! Numbers and durations.

use syn::Expr;

use super::{
    Check,
    time::{TOO_LONG, millis, outlasts_the_client},
};
use crate::{grammar::spelling::did_you_mean, language::expr};

impl Check<'_> {
    pub(super) fn size(&mut self, value: &Expr, least: u64) {
        let name = self.name;
        if expr::word(value).is_some_and(|word| word == "unlimited") {
            return;
        }
        match (expr::integer(value), expr::literal_name(value)) {
            (Some(number), _) if number >= i128::from(least) => {}
            (Some(_), _) if least == 1 => self.not_positive(value),
            (Some(_), _) => {
                self.diag
                    .push(value, format!("`{name}` is too small for a join message"))
                    .help(format!("at least {least}"));
            }
            (None, Some(literal)) => {
                self.diag
                    .push(value, format!("`{name}` takes a number, this is {literal}"));
            }
            (None, None) => {}
        }
    }

    pub(super) fn number(&mut self, value: &Expr, least: u64) {
        let name = self.name;
        match (expr::integer(value), expr::literal_name(value)) {
            (Some(number), _) if number >= i128::from(least) => {}
            (Some(_), _) if least == 1 => self.not_positive(value),
            (Some(_), _) => {
                self.diag
                    .push(value, format!("`{name}` must be at least {least}"));
            }
            (None, Some(literal)) => {
                self.diag
                    .push(value, format!("`{name}` takes a number, this is {literal}"));
            }
            (None, None) => {}
        }
    }

    fn not_positive(&mut self, value: &Expr) {
        let name = self.name;
        let found = self.diag.push(value, format!("`{name}` must be positive"));
        match name {
            "batch_size" => found.help("`drainer = false` disables draining"),
            _ => found.help("at least 1"),
        };
    }

    pub(super) fn range(&mut self, value: &Expr, least: u64, most: u64) {
        let name = self.name;
        match (expr::integer(value), expr::literal_name(value)) {
            (Some(number), _) if !(i128::from(least)..=i128::from(most)).contains(&number) => {
                let message = format!("`{name}` must be between {least} and {most}");
                self.diag.push(value, message);
            }
            (None, Some(literal)) => {
                self.diag
                    .push(value, format!("`{name}` takes a number, this is {literal}"));
            }
            _ => {}
        }
    }

    pub(super) fn wait(&mut self, value: &Expr, longer: bool) {
        self.duration(value, None);
        if !longer && outlasts_the_client(value) {
            self.diag.push(value, TOO_LONG).help("at most `secs(15)`");
        }
    }

    /// Reports an age below a second: ages of tokens are compared in seconds.
    pub(super) fn whole_seconds(&mut self, value: &Expr) {
        if millis(value).is_some_and(|millis| (1..1000).contains(&millis)) {
            let message = format!(
                "`{}` is below a second: tokens would be expired at once",
                self.name
            );
            self.diag.push(value, message).help("at least `secs(1)`");
        }
    }

    pub(super) fn port(&mut self, value: &Expr, least: u64) {
        let name = self.name;
        match (expr::integer(value), expr::literal_name(value)) {
            (Some(number), _) if number < i128::from(least) || number > 65_535 => {
                let found = self
                    .diag
                    .push(value, format!("`{name}` must be between {least} and 65535"));
                if least > 0 && number == 0 {
                    found.help("for a port chosen by the system use `http(port = 0)`");
                }
            }
            (None, Some(literal)) => {
                let shown = expr::text(value)
                    .map_or(literal.to_owned(), |text| format!("`{:?}`", text.value()));
                let digits: String = expr::text(value)
                    .map(|text| text.value().chars().filter(char::is_ascii_digit).collect())
                    .unwrap_or_default();
                let found = self
                    .diag
                    .push(value, format!("`{name}` is a number, not {shown}"));
                if digits.parse::<u16>().is_ok() {
                    found.help(format!("write `{name} = {digits}`"));
                }
            }
            _ => {}
        }
    }

    /// `never` is how to write that there is no limit, if the key allows that.
    pub(super) fn duration(&mut self, value: &Expr, never: Option<&str>) {
        let name = self.name;
        if let Some(literal) = expr::literal_name(value) {
            let found = self.diag.push(value, format!("`{name}` needs a unit"));
            match expr::integer(value) {
                Some(number) => found.help(format!("write `secs({number})` or `millis({number})`")),
                None => found.help(format!("write `secs(60)`, not {literal}")),
            };
        } else if let Some((unit, arguments)) = expr::call(value) {
            let unit = unit.to_string();
            let zero = arguments
                .first()
                .and_then(expr::integer)
                .is_some_and(|number| number <= 0);
            if !["secs", "millis"].contains(&unit.as_str()) {
                let number = arguments.first().and_then(expr::integer);
                if let Some(scale) = unit_of_another_name(&unit) {
                    let found = self.diag.push(value, format!("unknown unit `{unit}`"));
                    match number.and_then(|number| scale.checked_mul(number)) {
                        Some(millis) if millis % 1000 == 0 => {
                            found.help(format!("write `secs({})`", millis / 1000))
                        }
                        Some(millis) => found.help(format!("write `millis({millis})`")),
                        None => {
                            found.help("durations are `secs(..)`, `millis(..)` or a `Duration`")
                        }
                    };
                } else if let Some(near) = did_you_mean(&unit, ["secs", "millis"]) {
                    self.diag
                        .push(value, format!("unknown unit `{unit}`"))
                        .help(format!("did you mean `{near}`?"));
                }
            } else if arguments.len() != 1 {
                self.diag
                    .push(value, format!("`{unit}` takes one number"))
                    .help(format!("write `{unit}(60)`"));
            } else if zero {
                let found = self.diag.push(value, format!("`{name}` must be positive"));
                match never {
                    Some(never) => found.help(format!("no limit is written `{never}`")),
                    None => found.help("such as `secs(10)`"),
                };
            }
        } else if never.is_some() && expr::word(value).is_some_and(|word| word != "never") {
            self.word(value, &["never"], Some("or write `secs(60)`"));
        }
    }
}

/// The milliseconds of a unit that people write.
fn unit_of_another_name(unit: &str) -> Option<i128> {
    Some(match unit {
        "ms" | "milliseconds" | "msecs" => 1,
        "s" | "seconds" => 1000,
        "mins" | "minutes" => 60_000,
        "hours" => 3_600_000,
        "days" => 86_400_000,
        _ => return None,
    })
}
