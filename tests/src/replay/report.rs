//! All cases of a directory, and how they went.

use std::{fmt, io, path::Path, sync::Arc};

use serde_json::Value;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    case::LeftOut,
    conversation::Conversation,
    deviations::{Verdict, judge_all},
    pace::{self, HELD_UP, SLOW},
    player::play,
};

/// The themes whose features exist.
pub const THEMES: [&str; 12] = [
    "websocket_handshake",
    "websocket_frames",
    "check_origin",
    "connect_info",
    "force_ssl",
    "longpoll",
    "static",
    "errors",
    "channels_v1",
    "channels_v2",
    "channels_longpoll",
    "shutdown",
];

/// Cases played at a time.
const SEATS: usize = 8;
/// A case with a longer body plays alone.
const HEAVY: usize = 1 << 20;
/// How many times a session is played at most, if the machine is too busy.
const TRIES: usize = 5;

/// How the cases of one golden file went.
#[derive(Debug, Default)]
pub struct Theme {
    /// The file's name without extension.
    pub name: String,
    /// Cases that went as recorded.
    pub same: usize,
    /// Cases that differ as rules want it: the case's name, and the rules' names.
    pub wanted: Vec<(String, String)>,
    /// Cases that failed: the case's name, and the differences.
    pub failed: Vec<(String, Vec<String>)>,
    /// Cases that were not played: the case's name, and why.
    pub left_out: Vec<(String, String)>,
    /// How often a case was played again, because the machine had no time for it.
    pub again: usize,
}

/// How a replay went.
#[derive(Debug, Default)]
pub struct Report {
    /// Every golden file that was played.
    pub themes: Vec<Theme>,
}

impl Report {
    /// Cases that went as recorded or as wanted.
    pub fn passed(&self) -> usize {
        self.themes
            .iter()
            .map(|theme| theme.same + theme.wanted.len())
            .sum()
    }

    /// Cases that failed.
    pub fn failed(&self) -> usize {
        self.themes.iter().map(|theme| theme.failed.len()).sum()
    }

    /// Cases that were not played.
    pub fn skipped(&self) -> usize {
        self.themes.iter().map(|theme| theme.left_out.len()).sum()
    }
}

/// Plays the golden files of themes in a directory. `base_port` is the port of the peer's first
/// endpoint.
///
/// # Errors
/// When a file cannot be read, or no peer listens.
pub async fn replay(
    directory: &Path,
    themes: &[&'static str],
    base_port: u16,
) -> io::Result<Report> {
    let (mut report, mut cases) = (Report::default(), Vec::new());
    for &name in themes {
        let path = directory.join(name).with_extension("json");
        if !path.exists() {
            continue;
        }
        let golden: Value = serde_json::from_slice(&tokio::fs::read(&path).await?)?;
        let theme = report.themes.len();
        let jsons = golden["cases"].as_array().into_iter().flatten();
        cases.extend(jsons.map(|json| (theme, name, json.clone())));
        report.themes.push(Theme {
            name: name.to_owned(),
            ..Theme::default()
        });
    }
    if report.themes.is_empty() {
        let found = format!("no golden file of a known theme in {}", directory.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, found));
    }
    for (theme, case, settled) in play_all(cases, base_port).await {
        report.themes[theme].add(case, settled?);
    }
    Ok(report)
}

/// How a case went, and how many times it was played.
type Settled = (Result<Verdict, LeftOut>, usize);

/// Plays cases, of all themes at once: some wait for seconds. Those that have to be alone come
/// last, one by one.
async fn play_all(
    cases: Vec<(usize, &'static str, Value)>,
    base_port: u16,
) -> Vec<(usize, String, io::Result<Settled>)> {
    let places = Arc::new(Semaphore::new(SEATS));
    let mut playing = JoinSet::new();
    let mut alone = Vec::new();
    for (index, (theme, name, json)) in cases.into_iter().enumerate() {
        let read = Conversation::read(name, &json);
        if read.is_ok_and(|conversation| {
            conversation.longest_body() > HEAVY || conversation.is_public()
        }) {
            alone.push((index, theme, name, json));
            continue;
        }
        let places = places.clone();
        playing.spawn(async move {
            let _place = places.acquire_owned().await;
            (index, theme, settle(name, &json, base_port).await, json)
        });
    }
    let mut played = playing.join_all().await;
    for (index, theme, name, json) in alone {
        played.push((index, theme, settle(name, &json, base_port).await, json));
    }
    played.sort_by_key(|(index, ..)| *index);
    let name = |json: &Value| json["name"].as_str().unwrap_or_default().to_owned();
    let named = played
        .into_iter()
        .map(|(_, theme, settled, json)| (theme, name(&json), settled));
    named.collect()
}

impl Theme {
    fn add(&mut self, case: String, (verdict, tries): Settled) {
        self.again += tries - 1;
        match verdict {
            Err(LeftOut(why)) => self.left_out.push((case, why)),
            Ok(Verdict::Same) => self.same += 1,
            Ok(Verdict::Wanted(rules)) => {
                let names: Vec<_> = rules.iter().map(|rule| rule.name).collect();
                self.wanted.push((case, names.join(", ")));
            }
            Ok(Verdict::Different(differences)) => self.failed.push((case, differences)),
        }
    }
}

/// Plays a case, and returns how many times. The cases of a session depend on times. If one fails
/// while the machine is busy, it is played again; if the machine stays busy, it is skipped.
async fn settle(theme: &str, json: &Value, base_port: u16) -> io::Result<Settled> {
    let mut tries = 1;
    loop {
        // Each read gives the case a new identity.
        let conversation = match Conversation::read(theme, json) {
            Ok(conversation) => conversation,
            Err(left_out) => return Ok((Err(left_out), tries)),
        };
        let (got, held_up) = pace::watch(play(&conversation, base_port)).await;
        let verdict = judge_all(&conversation, &got?);
        let fine = !matches!(verdict, Verdict::Different(_));
        let too_slow = !fine
            && conversation.longest_body() > HEAVY
            && pace::json(conversation.longest_body()) > SLOW;
        let excuse = too_slow || held_up > HELD_UP && conversation.keeps_time();
        match tries {
            _ if fine || !excuse => return Ok((Ok(verdict), tries)),
            TRIES if too_slow => {
                return Ok((
                    Err(LeftOut("too much work for this machine".to_owned())),
                    tries,
                ));
            }
            TRIES => return Ok((Ok(verdict), tries)),
            _ => tries += 1,
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wanted, failed, left_out) =
            (self.wanted.len(), self.failed.len(), self.left_out.len());
        let same = self.same;
        write!(
            f,
            "{}: {same} match, {wanted} deviate as wanted, {failed} fail, {left_out} left out",
            self.name
        )?;
        match self.again {
            0 => writeln!(f)?,
            again => writeln!(f, ", {again} played again")?,
        }
        for (case, rules) in &self.wanted {
            writeln!(f, "  wanted: {case} ({rules})")?;
        }
        for (case, why) in &self.left_out {
            writeln!(f, "  left out: {case} ({why})")?;
        }
        for (case, differences) in &self.failed {
            writeln!(f, "  FAILED: {case}")?;
            differences
                .iter()
                .try_for_each(|difference| writeln!(f, "    {difference}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.themes.iter().try_for_each(|theme| theme.fmt(f))?;
        write!(f, "{} passed, {} failed", self.passed(), self.failed())?;
        match self.skipped() {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}
