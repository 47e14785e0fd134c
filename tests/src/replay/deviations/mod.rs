//! Where Landfall's answer differs from the recorded one on purpose.
//!
//! A rule rewrites the expectation of the cases that it is about to a better answer. What came has
//! to match the rewritten expectation in full. No rule knows a case by its name.

mod channels;
mod errors;
mod forced;
mod handshake;
mod longpoll;
mod origins;
mod protocol;
mod shutdown;
mod static_files;
mod values;

use super::{case::Case, compare::differences, conversation::Conversation, outcome::Outcome};

/// A kind of difference that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// A short name, for reports.
    pub name: &'static str,
    /// Why the other answer is better, and why no ordinary client suffers.
    pub reason: &'static str,
    /// Turns the expectation into the better answer. False if the rule is not about the case. `got`
    /// serves to choose between answers of equal right. It is never copied unseen.
    want: fn(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool,
}

/// The result of a comparison.
#[derive(Debug)]
pub enum Verdict {
    /// As recorded.
    Same,
    /// Different, as these rules want it.
    Wanted(Vec<Rule>),
    /// Different, and no rule wants it.
    Different(Vec<String>),
}

/// All rules.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let all = [
        channels::RULES,
        errors::RULES,
        forced::RULES,
        shutdown::RULES,
        longpoll::RULES,
        handshake::RULES,
        origins::RULES,
        protocol::RULES,
        static_files::RULES,
        values::RULES,
    ];
    all.into_iter().flatten()
}

/// Judges the outcomes of a conversation.
pub fn judge_all(conversation: &Conversation, got: &[Outcome]) -> Verdict {
    let exchanges = &conversation.exchanges;
    if exchanges.len() != got.len() {
        return Verdict::Different(vec![format!(
            "{} exchanges of {}",
            got.len(),
            exchanges.len()
        )]);
    }
    let (mut used, mut different): (Vec<Rule>, Vec<String>) = Default::default();
    for (place, (exchange, got)) in exchanges.iter().zip(got).enumerate() {
        match judge(&exchange.case, got) {
            Verdict::Same => {}
            Verdict::Wanted(rules) => used.extend(rules),
            Verdict::Different(differences) if exchanges.len() == 1 => {
                different.extend(differences)
            }
            Verdict::Different(differences) => {
                different.extend(
                    differences
                        .iter()
                        .map(|what| format!("step {}: {what}", place + 1)),
                );
            }
        }
    }
    used.sort_by_key(|rule| rule.name);
    used.dedup_by_key(|rule| rule.name);
    match (different.is_empty(), used.is_empty()) {
        (true, true) => Verdict::Same,
        (true, false) => Verdict::Wanted(used),
        (false, _) => Verdict::Different(different),
    }
}

/// Judges the outcome of a case.
pub fn judge(case: &Case, got: &Outcome) -> Verdict {
    let mut wanted = case.expected.clone();
    let mut left = differences(&wanted, got);
    let mut used = Vec::new();
    for rule in rules() {
        if left.is_empty() {
            break;
        }
        let mut better = wanted.clone();
        if !(rule.want)(case, got, &mut better) {
            continue;
        }
        let remaining = differences(&better, got);
        if remaining.len() < left.len() {
            (wanted, left) = (better, remaining);
            used.push(*rule);
        }
    }
    match (left.is_empty(), used.is_empty()) {
        (true, true) => Verdict::Same,
        (true, false) => Verdict::Wanted(used),
        (false, _) => Verdict::Different(left),
    }
}
