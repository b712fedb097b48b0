//! `lines`: for every maintained line, whether it has the fix and what landing it there would give.
//!
//! Read from what is known here, with the eyes of `finish`. However many lines there are, the refs are
//! listed once; each line costs a merge in memory, or a pick of the fix's commits, and one that
//! conflicts a look at its commits on the fix's files.

use super::landing::{self, FixRange, How, Memo, Outlook, Picked};
use super::production::{Production, tracking};
use super::{Code, Context, Error, Result, gate, incident, production, store};
use crate::git::{ConflictedFile, Oid};
use crate::record::Record;
use serde::Serialize;
use std::collections::BTreeMap;

/// The fix and the lines.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The incident's id.
    pub id: String,
    /// The hotfix branch.
    pub branch: String,
    /// The fix's last commit.
    pub tip: Oid,
    /// The commit that its first one stands on.
    pub base: Option<Oid>,
    /// How many commits it has.
    pub commits: usize,
    /// By name.
    pub lines: Vec<Line>,
    /// The command to type next.
    pub next: Option<String>,
    /// What that is for.
    pub next_reason: Option<String>,
}

/// A maintained line.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Line {
    /// The branch.
    pub branch: String,
    /// Its commit: the later one of what is here and what the remote has.
    pub tip: Oid,
    /// What becomes of it and the fix.
    #[serde(flatten)]
    pub state: State,
}

/// What becomes of a line and a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// It has the fix.
    Held {
        /// How it got there.
        how: How,
        /// The commit that brought it, where that is one of its own.
        by: Option<Oid>,
    },
    /// The hotfix branch merges.
    Merges,
    /// A person must merge.
    Conflicts {
        /// Where.
        files: Vec<ConflictedFile>,
    },
    /// A merge would bring commits of production along; the fix's own apply.
    Picks {
        /// How many would come.
        foreign: usize,
    },
    /// The same, and the fix's own do not apply.
    PickConflicts {
        /// How many would come.
        foreign: usize,
        /// Where the first commit that does not apply conflicts; nothing when it is a merge.
        files: Vec<ConflictedFile>,
    },
}

/// Looks at the lines that were named, else at those that the settings say.
///
/// # Errors
/// When no incident is meant, it has no commits, or a name is no branch.
pub fn lines(ctx: &Context<'_>, given: Option<&str>, names: &[String]) -> Result<Report> {
    let id = incident::choose_or_latest(ctx, given)?;
    let record = store::view(ctx, &id)?.record;
    let production = production::find(ctx)?;
    let branch = incident::hotfix_branch(&record)?.to_owned();
    let fix = fix(ctx, &id, &record, &production, &branch)?;
    let tips = match names {
        [] => maintained(ctx, &production)?,
        names => named(ctx, &production, names)?,
    };
    let range = ctx
        .repo
        .range(fix.base.as_slice(), std::slice::from_ref(&fix.tip), 0)?;
    let single = range.iter().filter(|commit| commit.parents.len() < 2);
    let commits = single.count();
    let memo = Memo::default();
    let mut lines = Vec::new();
    for (branch, tip) in tips {
        let state = state(ctx, &fix, &memo, commits, &tip)?;
        lines.push(Line { branch, tip, state });
    }
    let (next, next_reason) = next(ctx, &lines).unzip();
    Ok(Report {
        id,
        branch,
        tip: fix.tip,
        base: fix.base,
        commits,
        lines,
        next,
        next_reason,
    })
}

/// What is to land, or has landed and its branch is gone.
fn fix(
    ctx: &Context<'_>,
    id: &str,
    record: &Record,
    production: &Production,
    branch: &str,
) -> Result<FixRange> {
    let fix = match gate::tip(ctx, record)? {
        Some(tip) => Some(FixRange {
            base: gate::fork(ctx, record, &tip)?,
            tip,
        }),
        None => landing::earlier_fix(ctx, id, record, production)?,
    };
    let fix = fix.ok_or_else(|| {
        Error::usage(format!("the branch {branch} is not in this repository"))
            .code(Code::NoSuchRevision)
            .next("Fetch it: git fetch")
    })?;
    match fix.base.as_ref() == Some(&fix.tip) {
        true => Err(Error::usage(format!("{branch} has no commits yet"))
            .code(Code::NothingToDo)
            .next("git hotfix commit -m \"what it does\"")),
        false => Ok(fix),
    }
}

/// The branches here and on the remote that the patterns name, each with its later tip.
fn maintained(ctx: &Context<'_>, production: &Production) -> Result<BTreeMap<String, Oid>> {
    let patterns = &ctx.settings.lines;
    let is_line =
        |branch: &str| branch != production.branch && !branch.starts_with(&ctx.settings.prefix);
    let remote = production.remote.as_deref();
    let folders = [
        Some("refs/heads/".to_owned()),
        remote.map(|remote| tracking(remote, "")),
    ];
    let mut tips: BTreeMap<String, Oid> = BTreeMap::new();
    for folder in folders.into_iter().flatten() {
        for (branch, tip) in ctx.repo.list_matching(&folder, patterns)? {
            if !is_line(&branch) {
                continue;
            }
            let later = match tips.remove(&branch) {
                Some(here) => later(ctx, &branch, here, tip)?,
                None => tip,
            };
            tips.insert(branch, later);
        }
    }
    Ok(tips)
}

fn named(
    ctx: &Context<'_>,
    production: &Production,
    names: &[String],
) -> Result<BTreeMap<String, Oid>> {
    let mut tips = BTreeMap::new();
    for given in names {
        let branch = landing::line_named(ctx, production, given)?;
        let here = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
        let there = match &production.remote {
            Some(remote) => ctx.repo.find_ref(&tracking(remote, &branch))?,
            None => None,
        };
        let tip = match (here, there) {
            (Some(here), Some(there)) => Some(later(ctx, &branch, here, there)?),
            (here, there) => here.or(there),
        };
        tips.extend(tip.map(|tip| (branch, tip)));
    }
    Ok(tips)
}

/// Where both have gone on, the remote's is what the others have.
fn later(ctx: &Context<'_>, branch: &str, here: Oid, there: Oid) -> Result<Oid> {
    if ctx.repo.contains(&here, &there)? {
        return Ok(here);
    }
    if !ctx.repo.contains(&there, &here)? {
        ctx.warn(format!(
            "{branch} here and on the remote have diverged: this is about the remote's"
        ));
    }
    Ok(there)
}

fn state(
    ctx: &Context<'_>,
    fix: &FixRange,
    memo: &Memo,
    commits: usize,
    line: &Oid,
) -> Result<State> {
    Ok(match landing::outlook_of(ctx, line, fix, memo)? {
        Outlook::Held(held) => State::Held {
            // The only commit of a fix is not a squash of it.
            how: match (held.how, commits) {
                (How::Squash, 1) => How::Copies,
                (how, _) => how,
            },
            by: held.by,
        },
        Outlook::Clean { foreign: 0, .. } => State::Merges,
        Outlook::Conflict { foreign: 0, files } => State::Conflicts { files },
        Outlook::Clean { foreign, .. } | Outlook::Conflict { foreign, .. } => {
            picked(ctx, fix, line, foreign)?
        }
    })
}

fn picked(ctx: &Context<'_>, fix: &FixRange, line: &Oid, foreign: usize) -> Result<State> {
    Ok(match landing::picks(ctx, line, fix)? {
        Picked::Clean(_) => State::Picks { foreign },
        Picked::Conflict { files, .. } => State::PickConflicts { foreign, files },
        Picked::Merge(_) => State::PickConflicts {
            foreign,
            files: Vec::new(),
        },
    })
}

/// One landing for all that a person need not help.
fn next(ctx: &Context<'_>, lines: &[Line]) -> Option<(String, String)> {
    let ready = |line: &&Line| matches!(line.state, State::Merges | State::Picks { .. });
    let mut words = vec!["git hotfix finish".to_owned()];
    words.extend(
        lines
            .iter()
            .filter(ready)
            .map(|line| format!("--to {}", super::shell::word(&line.branch))),
    );
    if words.len() == 1 {
        return None;
    }
    let picks = |line: &Line| matches!(line.state, State::Picks { .. });
    if lines.iter().any(picks) {
        words.push("--cherry-pick".to_owned());
    }
    let command = ctx.command(&words.join(" "));
    Some((command, "land it there too".to_owned()))
}
