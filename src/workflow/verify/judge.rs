//! Commits judged as they pass by: each by the format, their incidents by the gate.

mod claim;
mod unclaimed;

use super::copies::{self, Fix};
use super::lineage::Lineage;
use super::records::{Known, Records};
use super::scope;
use super::verdict::Verdict;
use crate::git::{CommitInfo, Oid, Passing, Span};
use crate::policy::gate::{self, Deed, FixCommit, Standing};
use crate::policy::message::Format;
use crate::record::{Field, Finding, Level};
use crate::workflow::{Context, Result, production};
use std::collections::{HashMap, HashSet};

/// How many findings about single commits are kept; the others are counted.
const KEPT: usize = 50;

/// Whose commits they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A hotfix branch's: all of them are the fix.
    Branch(String),
    /// Anybody's: those of open incidents, those that name one, and fixes that no record tells of are
    /// picked out.
    Anybody,
    /// A whole history, old incidents and all: only those of open incidents are picked out.
    Open,
}

/// What is judged.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// Which commits.
    pub span: Span,
    /// Whose they are.
    pub whose: Whose,
    /// What is done with them.
    pub deed: Deed,
    /// Every commit is judged by the format.
    pub all: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Commits looked at.
    pub looked: usize,
    /// Commits judged by the format.
    pub judged: usize,
    /// What does not hold, by the incident it is about.
    pub each: Vec<Verdict>,
    /// Findings that were not kept.
    pub omitted: usize,
    /// The last commits of the stretch that are none that was there before, in hex.
    pub heads: HashSet<String>,
}

/// Judges a stretch by the records that are known.
///
/// # Errors
/// When the commits cannot be read, or are not all there: nobody may say then that they are right.
pub fn judge(ctx: &Context<'_>, records: &Records, stretch: &Stretch) -> Result<Judgement> {
    let mut judge = Judge::new(ctx, records, stretch)?;
    let span = Span {
        // Whose a commit is depends on its children.
        children_first: stretch.whose == Whose::Anybody && !stretch.all,
        ..stretch.span.clone()
    };
    ctx.repo.each_commit(&span, |commit| judge.look(commit))?;
    judge.settle()
}

struct Judge<'a> {
    ctx: &'a Context<'a>,
    records: &'a Records,
    stretch: &'a Stretch,
    level: Option<Level>,
    before: Option<String>,
    /// Where the history is cut off.
    ends: HashSet<String>,
    /// The last commits of the stretch.
    ends_with: HashSet<&'a str>,
    incidents: Vec<Incident>,
    /// The open incidents' commits, by id.
    fixes: HashMap<String, usize>,
    /// The same by their first line, for what a rebase or a cherry-pick made of them.
    subjects: HashMap<Vec<u8>, Vec<(usize, CommitInfo)>>,
    /// Commits that change the same, by id.
    copies: HashMap<String, usize>,
    /// Fixes by their own words that nobody has claimed yet.
    unclaimed: Vec<(Oid, String)>,
    /// The format's first line alone: what tells a fix by its own words.
    tagged: Format,
    lineage: Lineage,
    boundary: bool,
    /// A merge has passed: what comes later is older.
    merges: bool,
    /// A merge named a hotfix branch that no open record tells of.
    strange: bool,
    kept: usize,
    none: Vec<Finding>,
    done: Judgement,
}

/// An incident whose commits may be among those that pass.
struct Incident {
    id: String,
    known: Option<Known>,
    tip: Option<Oid>,
    /// What landed of it, latest first.
    tips: Vec<Oid>,
    found: bool,
    findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    fn new(ctx: &'a Context<'a>, records: &'a Records, stretch: &'a Stretch) -> Result<Judge<'a>> {
        let settings = &ctx.settings;
        let ends = ctx.repo.shallow_ends()?;
        let before = stretch.span.exclude.first();
        let mut judge = Judge {
            ctx,
            records,
            stretch,
            level: gate::message_level(stretch.deed, settings.gate, settings.landing),
            before: before.map(|base| base.short().to_owned()),
            ends: ends.into_iter().map(|id| id.as_str().to_owned()).collect(),
            ends_with: stretch.span.include.iter().map(Oid::as_str).collect(),
            incidents: Vec::new(),
            fixes: HashMap::new(),
            subjects: HashMap::new(),
            copies: HashMap::new(),
            unclaimed: Vec::new(),
            tagged: Format {
                subject_length: None,
                trailers: Vec::new(),
                ..settings.format.clone()
            },
            lineage: Lineage::default(),
            boundary: false,
            merges: false,
            strange: false,
            kept: 0,
            none: Vec::new(),
            done: Judgement::default(),
        };
        match &stretch.whose {
            Whose::Branch(name) => judge.add_branch(name)?,
            Whose::Anybody | Whose::Open => {
                let mut fixes = Vec::new();
                for known in records.open(ctx) {
                    fixes.extend(judge.add_open(known)?);
                }
                if judge.level.is_some() {
                    judge.copies = copies::find(ctx, &stretch.span, &fixes)?;
                }
            }
        }
        Ok(judge)
    }

    fn add_branch(&mut self, name: &str) -> Result<()> {
        let Some(known) = self.records.of_branch(self.ctx, name)? else {
            return Ok(());
        };
        let head = self.stretch.span.include.first().cloned();
        self.incidents.push(Incident {
            id: known.id.clone(),
            known: Some(known),
            tip: head.clone(),
            tips: head.into_iter().collect(),
            found: true,
            findings: Vec::new(),
        });
        Ok(())
    }

    /// Its fix, where it is known from where to where.
    fn add_open(&mut self, known: Known) -> Result<Option<Fix>> {
        let at = self.incidents.len();
        let (base, tip, commits) = fix(self.ctx, &known)?;
        let single = commits.iter().filter(|commit| commit.parents.len() < 2);
        let single = single.map(|commit| commit.id.clone()).collect();
        let range = base.zip(tip.clone()).map(|(base, tip)| Fix {
            whose: at,
            base,
            tip,
            commits: single,
        });
        for commit in commits {
            self.fixes.insert(commit.id.as_str().to_owned(), at);
            let subject = commit.subject().as_bytes().to_vec();
            self.subjects.entry(subject).or_default().push((at, commit));
        }
        self.incidents.push(Incident {
            id: known.id.clone(),
            known: Some(known),
            tip,
            tips: Vec::new(),
            found: false,
            findings: Vec::new(),
        });
        Ok(range)
    }

    fn look(&mut self, commit: &Passing<'_>) -> Result<()> {
        if commit.boundary {
            self.boundary = true;
            return Ok(());
        }
        if self.ends.contains(commit.id) {
            let message = format!("the history is cut off at {}", &commit.id[..7]);
            return Err(scope::unknowable(self.ctx, message, None));
        }
        self.done.looked += 1;
        self.merges |= commit.is_merge();
        if self.ends_with.contains(commit.id) {
            self.done.heads.insert(commit.id.to_owned());
        }
        let whose = match self.stretch.whose {
            Whose::Branch(_) => self.incidents.first().map(|_| 0),
            Whose::Anybody | Whose::Open => self.claim(commit)?,
        };
        let is_ours = whose.is_some() || matches!(self.stretch.whose, Whose::Branch(_));
        if is_ours || self.stretch.all {
            self.judge_message(commit, whose);
        }
        Ok(())
    }

    fn judge_message(&mut self, commit: &Passing<'_>, whose: Option<usize>) {
        // What `finish` says of a back-merge.
        if commit.is_merge() && commit.message.starts_with(b"chore: merge ") && whose.is_some() {
            return;
        }
        self.done.judged += 1;
        let Some(level) = self.level else { return };
        let judged = FixCommit {
            id: commit.id,
            message: commit.message,
            merge: commit.is_merge(),
        };
        let format = &self.ctx.settings.format;
        if gate::is_right(&judged, format) {
            return;
        }
        if self.is_full() {
            self.done.omitted += 1;
            return;
        }
        let standing = Standing {
            is_tip: self.ends_with.contains(commit.id),
            before: self.before.as_deref(),
            merges: self.merges,
        };
        if let Some(finding) = gate::message_finding(&judged, standing, format, level) {
            self.keep(finding, whose);
        }
    }

    /// No more findings about single commits are kept.
    fn is_full(&self) -> bool {
        self.kept >= KEPT
    }

    fn keep(&mut self, finding: Finding, whose: Option<usize>) {
        if self.is_full() {
            self.done.omitted += 1;
            return;
        }
        self.kept += 1;
        match whose.and_then(|at| self.incidents.get_mut(at)) {
            Some(incident) => incident.findings.push(finding),
            None => self.none.push(finding),
        }
    }

    fn settle(mut self) -> Result<Judgement> {
        let excluded = !self.stretch.span.exclude.is_empty();
        if self.done.looked > 0 && excluded && !self.boundary {
            let message = "the two have no commit in common".to_owned();
            return Err(scope::unknowable(self.ctx, message, None));
        }
        if self.level.is_none() {
            self.done.each = Vec::new();
            return Ok(self.done);
        }
        self.blame_unclaimed()?;
        if matches!(self.stretch.whose, Whose::Branch(_)) && self.incidents.is_empty() {
            let none = self.of_record(None);
            self.none.splice(0..0, none);
        }
        let incidents = std::mem::take(&mut self.incidents);
        for incident in incidents.into_iter().filter(|incident| incident.found) {
            let verdict = self.verdict(incident);
            self.done.each.extend(verdict);
        }
        if !self.none.is_empty() {
            self.done.each.push(Verdict {
                findings: self.none,
                ..Verdict::default()
            });
        }
        Ok(self.done)
    }

    /// The gate's word on an incident: nothing when it was closed before and only named.
    fn verdict(&self, incident: Incident) -> Option<Verdict> {
        let Incident {
            id,
            known,
            tip,
            tips,
            findings,
            ..
        } = incident;
        let Some(known) = known else {
            let mut all = self.of_record(Some(&id));
            all.extend(findings);
            return Some(Verdict {
                id: Some(id),
                tip: tips.into_iter().next(),
                findings: all,
            });
        };
        let is_branch = matches!(self.stretch.whose, Whose::Branch(_));
        if !is_branch && !known.record.is_open() {
            return None;
        }
        let settings = &self.ctx.settings;
        let (deed, mode, landing) = (self.stretch.deed, settings.gate, settings.landing);
        let mut all = gate::findings(
            Some(&known.record),
            &[],
            deed,
            mode,
            landing,
            &settings.format,
        );
        all.extend(findings);
        let tips: Vec<Oid> = if tips.is_empty() {
            tip.into_iter().collect()
        } else {
            tips
        };
        let names: Vec<&str> = tips.iter().map(Oid::as_str).collect();
        let all = gate::excused(self.ctx.remedied(all), &known.record, &names);
        let tip = tips.into_iter().next();
        Some(Verdict {
            id: Some(id),
            tip,
            findings: all,
        })
    }

    /// What the gate says where no record is known.
    fn of_record(&self, id: Option<&str>) -> Vec<Finding> {
        let settings = &self.ctx.settings;
        let (deed, mode, landing) = (self.stretch.deed, settings.gate, settings.landing);
        let mut found = gate::findings(None, &[], deed, mode, landing, &settings.format);
        for finding in &mut found {
            if let Some(id) = id {
                finding.message = format!("The record of {id} is not known here");
            }
            finding.remedy = Some(scope::fetch_records(self.ctx));
        }
        found
    }
}

/// The hotfix branch of an incident, here or as the remote has it: what its commits stand on, its tip,
/// its commits.
fn fix(ctx: &Context<'_>, known: &Known) -> Result<(Option<Oid>, Option<Oid>, Vec<CommitInfo>)> {
    let Some(branch) = known.record.field(Field::Branch) else {
        return Ok((None, None, Vec::new()));
    };
    let mut tip = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
    if tip.is_none()
        && let Some(remote) = production::remote(ctx)?
    {
        tip = ctx.repo.find_ref(&production::tracking(&remote, branch))?;
    }
    let Some(tip) = tip else {
        return Ok((None, None, Vec::new()));
    };
    let base = crate::workflow::gate::fork(ctx, &known.record, &tip)?;
    let commits = match &base {
        Some(base) => ctx
            .repo
            .range(std::slice::from_ref(base), std::slice::from_ref(&tip), 0)?,
        // Where it begins is not known: its tip is.
        None => vec![ctx.repo.commit(&tip)?],
    };
    Ok((base, Some(tip), commits))
}
