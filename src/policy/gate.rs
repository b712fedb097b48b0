//! The deploy gate: what must hold before a fix is pushed or landed.

mod overridden;

pub use overridden::{excused, override_note};

use super::message::{self, Format, Situation};
use crate::record::{Field, Finding, Item, ItemState, Level, Record};
use serde::{Deserialize, Serialize};

/// `gate` in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum GateMode {
    /// Findings stop.
    Block,
    /// Findings are shown.
    Warn,
    /// Nothing is looked at.
    Off,
}

/// `landing` in the settings: how a fix reaches production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LandingMode {
    /// By `finish`.
    Merge,
    /// By a pull request.
    PullRequest,
}

/// What is done with the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A hotfix branch is pushed.
    PushBranch,
    /// `git hotfix publish`.
    Publish,
    /// Production or a release tag is pushed, `finish`, `verify`.
    Land,
}

/// How the timeline begins to say that a hotfix branch was shared unfinished; the tip follows.
pub const PUBLISHED: &str = "Hotfix branch published";

/// The record says that the branch was shared unfinished while its tip was this, the first seven
/// digits of its id.
pub fn is_published(record: &Record, tip: &str) -> bool {
    let words = format!("{PUBLISHED} - {tip} to ");
    let mut entries = record.timeline().iter();
    entries.any(|entry| entry.text.starts_with(&words))
}

/// A commit of base..tip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixCommit<'a> {
    /// Its full id.
    pub id: &'a str,
    /// Its message.
    pub message: &'a [u8],
    /// It has two or more parents.
    pub merge: bool,
}

/// Everything that does not hold; the gate's weight is in each finding's level.
///
/// The commits are those of base..tip, oldest first. Ids: `gate-checklist`, `gate-severity`,
/// `gate-impact`, `gate-message`, `record-conflict`, `gate-record` (no record at all).
pub fn findings(
    record: Option<&Record>,
    commits: &[FixCommit<'_>],
    deed: Deed,
    gate: GateMode,
    landing: LandingMode,
    format: &Format,
) -> Vec<Finding> {
    let Some(weights) = Weights::of(deed, gate, landing) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    match record {
        Some(record) => of_record(record, weights.record, &mut found),
        None => found.push(finding(
            "gate-record",
            weights.record,
            "No record of an incident belongs to this fix",
            "git hotfix start \"what is broken\"",
        )),
    }
    of_messages(commits, weights.message, format, &mut found);
    found
}

/// How much a finding about the record weighs, and one about a commit's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weights {
    record: Level,
    message: Level,
}

impl Weights {
    /// Nothing when the gate is off.
    ///
    /// A record can be completed after a push; a message that is public is there for good. So
    /// sharing a branch excuses the one and not the other.
    fn of(deed: Deed, gate: GateMode, landing: LandingMode) -> Option<Weights> {
        let shared = match deed {
            Deed::Land => false,
            Deed::Publish => true,
            Deed::PushBranch => landing == LandingMode::PullRequest,
        };
        let (record, message) = match gate {
            GateMode::Off => return None,
            GateMode::Warn => (Level::Warn, Level::Warn),
            GateMode::Block if shared => (Level::Warn, Level::Block),
            GateMode::Block => (Level::Block, Level::Block),
        };
        Some(Weights { record, message })
    }
}

fn of_record(record: &Record, level: Level, found: &mut Vec<Finding>) {
    of_checklist(record.checklist(), level, found);
    if record.field(Field::Severity).is_none() {
        found.push(Finding {
            line: record.field_line(Field::Severity),
            ..finding(
                "gate-severity",
                level,
                "Severity is not set",
                "git hotfix severity P1",
            )
        });
    }
    if record.field(Field::Impact).is_none() {
        found.push(Finding {
            line: record.field_line(Field::Impact),
            ..finding(
                "gate-impact",
                level,
                "Impact is not described",
                "git hotfix impact \"…\"",
            )
        });
    }
    for line in conflict_places(record) {
        let message = "A merge left a conflict in the record";
        found.push(Finding {
            line: Some(line),
            ..finding("record-conflict", level, message, "git hotfix edit")
        });
    }
}

/// One line for each conflict: where it opens. Left-over markers that nothing opens count each.
fn conflict_places(record: &Record) -> Vec<usize> {
    let marked = record.conflict_lines();
    let lines: Vec<&str> = record.text().lines().collect();
    let opens = |line: &&usize| {
        let text = line.checked_sub(1).and_then(|at| lines.get(at));
        text.is_some_and(|text| text.starts_with("<<<<<<<"))
    };
    let places: Vec<usize> = marked.iter().filter(opens).copied().collect();
    if places.is_empty() {
        return marked.to_vec();
    }
    places
}

fn of_checklist(items: &[Item], level: Level, found: &mut Vec<Finding>) {
    if items.is_empty() {
        let message = "The record has no deploy checklist";
        found.push(finding("gate-checklist", level, message, "git hotfix edit"));
    }
    // What must be done comes before what may be skipped: the first finding is the next step.
    let (may, must): (Vec<_>, Vec<_>) = items
        .iter()
        .enumerate()
        .partition(|(_, item)| item.optional);
    for (at, item) in must.into_iter().chain(may) {
        let Some(message) = open_message(item) else {
            continue;
        };
        let word = distinctive_word(items, at).unwrap_or_else(|| (at + 1).to_string());
        let remedy = match item {
            // `cause` ticks its item by itself, and says more than a tick.
            item if item.is_root_cause() => "git hotfix cause \"…\"".to_owned(),
            item if item.optional => format!("git hotfix check {word} --skip --reason \"…\""),
            _ => format!("git hotfix check {word}"),
        };
        found.push(Finding {
            line: Some(item.line),
            ..finding("gate-checklist", level, &message, &remedy)
        });
    }
}

/// What is missing of an item. Who may leave out an optional one still has to say why; a skipped
/// one that is not optional takes an override.
fn open_message(item: &Item) -> Option<String> {
    let reasoned = item
        .evidence
        .as_deref()
        .is_some_and(|reason| !reason.trim().is_empty());
    match (&item.state, item.optional) {
        (ItemState::Done, _) => None,
        (ItemState::Open, _) => Some(format!("[ ] {}", item.text)),
        (ItemState::Skipped, true) if reasoned => None,
        (ItemState::Skipped, true) => {
            Some(format!("[ ] {} (skipped without a reason)", item.label))
        }
        (ItemState::Skipped, false) => {
            Some(format!("[ ] {} (skipped, but not optional)", item.label))
        }
    }
}

/// The first word of an item that no other item's words contain: what a person would call it by.
/// Short words are passed over, and words a shell could take for something else cannot occur.
fn distinctive_word(items: &[Item], at: usize) -> Option<String> {
    let label = items.get(at)?.label.to_lowercase();
    let others: Vec<String> = items
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, item)| item.label.to_lowercase())
        .collect();
    label
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic))
        .find(|word| !others.iter().any(|other| other.contains(word)))
        .map(str::to_owned)
}

fn of_messages(commits: &[FixCommit<'_>], level: Level, format: &Format, found: &mut Vec<Finding>) {
    // What a fixup folds into lies somewhere in the range: the whole range is taken.
    let before = commits.first().map(|first| format!("{}^", short(first.id)));
    for (at, commit) in commits.iter().enumerate() {
        let standing = Standing {
            is_tip: at + 1 == commits.len(),
            before: before.as_deref(),
            merges: commits.iter().any(|commit| commit.merge),
        };
        found.extend(message_finding(commit, standing, format, level));
    }
}

/// Where a commit stands among those it is judged with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// It is the last one.
    pub is_tip: bool,
    /// The revision before the first one, short.
    pub before: Option<&'a str>,
    /// There are merges among them, which a plain rebase would flatten.
    pub merges: bool,
}

/// How much a finding about a commit's message weighs; nothing when the gate is off.
pub fn message_level(deed: Deed, gate: GateMode, landing: LandingMode) -> Option<Level> {
    Weights::of(deed, gate, landing).map(|weights| weights.message)
}

/// Whether [`message_finding`] would find nothing.
pub fn is_right(commit: &FixCommit<'_>, format: &Format) -> bool {
    let situation = Situation {
        merging: commit.merge,
        local: false,
    };
    message::is_right(commit.message, situation, format)
}

/// What is wrong with one commit's message.
pub fn message_finding(
    commit: &FixCommit<'_>,
    standing: Standing<'_>,
    format: &Format,
    level: Level,
) -> Option<Finding> {
    let situation = Situation {
        merging: commit.merge,
        local: false,
    };
    let fault = message::fault(commit.message, situation, format)?;
    let short = short(commit.id);
    let wanted = match &fault.expected {
        Some(expected) => format!("expected {expected}"),
        None => fault.reason,
    };
    let remedy = message_remedy(commit, standing);
    let text = message::subject(commit.message);
    Some(Finding {
        commit: Some(commit.id.to_owned()),
        ..finding(
            "gate-message",
            level,
            &format!("{short} {text}: {wanted}"),
            &remedy,
        )
    })
}

/// The commits whose `Incident:` trailer names another incident than this one.
pub fn other_incidents(
    commits: &[FixCommit<'_>],
    id: &str,
    deed: Deed,
    gate: GateMode,
    landing: LandingMode,
) -> Vec<Finding> {
    let Some(level) = message_level(deed, gate, landing) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        let Some(fault) = message::other_incident(commit.message, id) else {
            continue;
        };
        let standing = Standing {
            is_tip: at + 1 == commits.len(),
            before: None,
            merges: commits.iter().any(|commit| commit.merge),
        };
        let message = format!("{} {}: expected {id}", short(commit.id), fault.text);
        let remedy = message_remedy(commit, standing);
        found.push(Finding {
            commit: Some(commit.id.to_owned()),
            ..finding("gate-message", level, &message, &remedy)
        });
    }
    found
}

fn message_remedy(commit: &FixCommit<'_>, standing: Standing<'_>) -> String {
    let rebase = rebase(standing.merges);
    match standing.before {
        Some(before) if message::is_folded_in(commit.message) => {
            format!("{rebase} --autosquash {before}")
        }
        _ if standing.is_tip => "git commit --amend".to_owned(),
        _ => format!("{rebase} {}^  # and mark it 'reword'", short(commit.id)),
    }
}

/// The findings about messages that are public, by the ids of their commits: such a message is there for
/// good, and what is made of the commit by an amend or a rebase comes beside it. Where nothing else
/// blocks, the way is past the gate, on the record; else what else there is comes first.
pub fn of_public(mut findings: Vec<Finding>, is_public: impl Fn(&str) -> bool) -> Vec<Finding> {
    let public = |finding: &Finding| finding.commit.as_deref().is_some_and(&is_public);
    let blocks = |finding: &Finding| finding.level == Level::Block;
    let alone = !findings.iter().any(|f| blocks(f) && !public(f));
    for finding in findings.iter_mut().filter(|finding| public(finding)) {
        let past = (alone && blocks(finding)).then(|| PAST_PUBLIC.to_owned());
        finding.remedy = past;
    }
    findings
}

/// Goes past messages that nobody can change any more.
const PAST_PUBLIC: &str = "git hotfix gate --override \"public already\"";

/// The command that makes commits anew and keeps the merges among them.
fn rebase(merges: bool) -> &'static str {
    if merges {
        "git rebase -i --rebase-merges"
    } else {
        "git rebase -i"
    }
}

/// Whether a message is a fix by its own words: it has the format, and is no merge and no revert.
/// Without a tag in the format nobody can tell.
pub fn is_fix(message: &[u8], format: &Format) -> bool {
    let others: [&[u8]; 3] = [b"Merge ", b"Revert ", b"Reapply "];
    !format.tag.is_empty()
        && !others.iter().any(|other| message.starts_with(other))
        && message::is_right(message, Situation::default(), format)
}

/// What is said of a gate that does not block, and where that is set; nothing of one that does.
pub fn lowered(gate: GateMode, origin: Option<&str>) -> Option<Finding> {
    let what = match gate {
        GateMode::Block => return None,
        GateMode::Warn => "The gate only warns",
        GateMode::Off => "The gate is off: nothing was judged",
    };
    let origin = origin.unwrap_or("default");
    let message = format!("{what}, by {origin}");
    Some(Finding {
        id: "gate-mode",
        level: Level::Warn,
        line: None,
        commit: None,
        message,
        remedy: None,
    })
}

/// The rule that a fix by its own words names its incident, where some are open.
pub const UNNAMED: &str = "gate-incident";

/// The line that makes a commit name its incident, one of those that are open.
pub fn naming(commit: &str, standing: Standing<'_>, open: &[&str]) -> String {
    let rebase = rebase(standing.merges);
    let (id, others) = open
        .split_first()
        .map_or(("<id>", open), |(id, rest)| (*id, rest));
    let or: String = others.iter().map(|id| format!(", or {id}")).collect();
    match (standing.is_tip, others) {
        (true, []) => format!("git commit --amend --no-edit --trailer \"Incident: {id}\""),
        (true, _) => format!("git commit --amend --no-edit --trailer \"Incident: {id}\"  #{or}"),
        (false, _) => format!("{rebase} {commit}^  # reword it, and add: Incident: {id}{or}"),
    }
}

fn short(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}

fn finding(id: &'static str, level: Level, message: &str, remedy: &str) -> Finding {
    Finding {
        id,
        level,
        line: None,
        commit: None,
        message: message.to_owned(),
        remedy: Some(remedy.to_owned()),
    }
}

#[cfg(test)]
mod tests;
