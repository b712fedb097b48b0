//! `verify`: commits and the gate judged where no hook of the person's did: in CI, on a server.
//!
//! [`scope`] says which commits are meant, [`judge`] looks at each as it passes, [`records`] finds the
//! incidents. The policy is the base's, since a change must not loosen what it is judged by.

mod copies;
mod detected;
pub(super) mod judge;
pub(super) mod landings;
mod lineage;
pub(super) mod records;
mod scope;
pub(super) mod verdict;

use super::{Context, Result};
use crate::config::Settings;
use crate::files;
use crate::git::Oid;
use crate::policy::ci::{self, Pipeline};
use crate::policy::gate::{self, GateMode};
use crate::record::{Finding, Level};
use judge::Judgement;
use records::Records;
use serde::Serialize;
use std::path::Path;
use verdict::Verdict;

/// Twice what GitHub sends at most.
const EVENT_LIMIT: u64 = 50 * 1024 * 1024;

/// Which commits are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// `a..b`, `a...b`, or one revision: what it has and production has not.
    Range(String),
    /// What `head` (HEAD) has and `base` has not; a base of zeros is where the default branch was left.
    Between {
        /// A revision, or zeros.
        base: String,
        /// A revision.
        head: Option<String>,
    },
    /// What a hook reads on standard input: a server's `old new ref`, or pre-push's four fields.
    PushLines(Vec<u8>),
    /// What a CI run is about.
    Detected(Box<Pipeline>),
    /// What HEAD has and production on the remote has not.
    Unpublished,
}

/// What `verify` was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which commits.
    pub scope: Scope,
    /// The branch they come from: CI checks out commits, not branches.
    pub branch: Option<String>,
    /// The branch they go to; unknown counts as production.
    pub target: Option<String>,
    /// Judge every commit by the format, whoever's it is.
    pub all_commits: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The range in words.
    pub range: String,
    /// Where it begins.
    pub base: Option<Oid>,
    /// Its last commit.
    pub head: Option<Oid>,
    /// Commits looked at.
    pub commits: usize,
    /// Commits judged by the format.
    pub judged: usize,
    /// How the gate weighs; where it was lowered is among the findings.
    pub gate: GateMode,
    /// The incidents they concern.
    pub incidents: Vec<String>,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// The incident that each finding is about, in the same order.
    #[serde(skip)]
    pub owners: Vec<Option<String>>,
    /// Further findings about single commits, which are only counted.
    pub omitted: usize,
}

impl Report {
    /// Whether something stands in the way.
    pub fn blocks(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.level == Level::Block)
    }
}

/// The CI run this process is part of; nothing outside CI.
pub fn detect(ctx: &Context<'_>) -> Option<Pipeline> {
    let var = |name: &str| ctx.env.var(name);
    let event = ci::event_file(&var).and_then(|path| {
        let read = files::read_bytes(Path::new(path), EVENT_LIMIT);
        // Without the event more commits are judged, not fewer.
        let read = read.map_err(|error| ctx.warn(format!("the event is not known: {error}")));
        Some(String::from_utf8_lossy(&read.ok()?).into_owned())
    });
    ci::detect(&var, event.as_deref())
}

/// Judges a range.
///
/// # Errors
/// When it cannot be known or read: nothing is let through then.
pub fn verify(ctx: &Context<'_>, options: &Options) -> Result<Report> {
    let ranges = scope::ranges(ctx, options)?;
    let mut total = Judgement::default();
    let mut gate = GateMode::Block;
    for range in &ranges {
        let policy = range.base.as_ref().unwrap_or(&range.head);
        let judging = ctx.by_policy_of(policy)?;
        let trees = std::iter::once(&range.head).chain(&range.base);
        let records = trees.fold(Records::on_refs(&judging)?, |records, tree| {
            records.in_tree(tree.clone())
        });
        let stretch = range.stretch(&judging, &records, options.all_commits)?;
        let judged = judge::judge(&judging, &records, &stretch);
        judging
            .take_warnings()
            .into_iter()
            .for_each(|warning| ctx.warn(warning));
        total.add(judged?);
        if judging.settings.gate != GateMode::Block {
            gate = judging.settings.gate;
            total.add(lowered(&judging.settings));
        }
    }
    let one = match ranges.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    let (findings, owners) = verdict::told(&total.each).into_iter().unzip();
    let words = ranges
        .iter()
        .map(|range| range.words.as_str())
        .collect::<Vec<_>>();
    Ok(Report {
        range: words.join(" "),
        base: one.and_then(|range| range.base.clone()),
        head: one.map(|range| range.head.clone()),
        commits: total.looked,
        judged: total.judged,
        gate,
        incidents: total
            .each
            .iter()
            .filter_map(|verdict| verdict.id.clone())
            .collect(),
        findings,
        owners,
        omitted: total.omitted,
    })
}

/// A gate that lets everything through says so, and who lowered it.
fn lowered(settings: &Settings) -> Judgement {
    let origins = settings.origins.iter();
    let mut origins = origins.filter(|(key, ..)| key.name == "gate");
    let origin = origins.next().map(|(_, _, origin)| origin.to_string());
    let finding = gate::lowered(settings.gate, origin.as_deref());
    Judgement {
        each: vec![Verdict {
            findings: finding.into_iter().collect(),
            ..Verdict::default()
        }],
        ..Judgement::default()
    }
}

impl Judgement {
    fn add(&mut self, other: Judgement) {
        self.looked += other.looked;
        self.judged += other.judged;
        self.omitted += other.omitted;
        for verdict in other.each {
            let same = |have: &&mut Verdict| have.id == verdict.id;
            match self.each.iter_mut().find(same) {
                Some(have) => have.findings.extend(verdict.findings),
                None => self.each.push(verdict),
            }
        }
    }
}
