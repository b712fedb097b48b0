//! The branches a fix must reach, and what landing it in each would give.

use crate::git::{CommitInfo, ConflictedFile, MergeOutcome, Oid};
use crate::workflow::production::{Production, tracking};
use crate::workflow::{Context, Error, Result};
use serde::Serialize;

/// Why a branch gets the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What is deployed.
    Production,
    /// Where the next release grows.
    BackMerge,
}

/// What landing in a target gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds the fix already.
    Contained,
    /// A merge commit.
    Merged {
        /// Its tree, until the commit is written.
        #[serde(skip)]
        tree: Oid,
    },
    /// A person must merge.
    Conflict {
        /// Where.
        files: Vec<ConflictedFile>,
    },
}

/// A branch that gets the fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The branch without `refs/heads/`.
    pub branch: String,
    /// Why it gets the fix.
    pub role: Role,
    /// The local branch before; nothing when only the remote has it.
    pub local: Option<Oid>,
    /// What the remote has, as far as we know.
    pub remote: Option<Oid>,
    /// What is landed on: the later one of both.
    pub start: Oid,
    /// What it gives.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the branch becomes.
    pub result: Oid,
    /// The remote's branch has the fix: whatever else is here need not go there with it.
    #[serde(skip)]
    pub landed_there: bool,
}

impl Target {
    /// The local branch's full name.
    pub fn ref_name(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }
}

/// The branches, production first.
///
/// # Errors
/// When a target has diverged from its remote, or production is nowhere.
pub(super) fn survey(
    ctx: &Context<'_>,
    production: &Production,
    tip: Option<&Oid>,
) -> Result<Vec<Target>> {
    let remote = production.remote.as_deref();
    let first = target(ctx, &production.branch, Role::Production, remote, tip)?;
    let mut targets = vec![first.ok_or_else(|| {
        Error::usage(format!(
            "the production branch {} is nowhere",
            production.branch
        ))
        .untouched("Nothing was changed.")
    })?];
    for branch in back_merges(ctx, production) {
        match target(ctx, &branch, Role::BackMerge, remote, tip)? {
            Some(target) => targets.push(target),
            None => ctx.warn(format!(
                "{branch} is set to get the fix, but there is no such branch"
            )),
        }
    }
    Ok(targets)
}

/// The branches that get the fix beside production.
pub(super) fn back_merges(ctx: &Context<'_>, production: &Production) -> Vec<String> {
    let mut branches: Vec<String> = Vec::new();
    for branch in &ctx.settings.back_merge {
        if *branch != production.branch && !branches.contains(branch) {
            branches.push(branch.clone());
        }
    }
    branches
}

fn target(
    ctx: &Context<'_>,
    branch: &str,
    role: Role,
    remote: Option<&str>,
    tip: Option<&Oid>,
) -> Result<Option<Target>> {
    let local = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
    let there = match remote {
        Some(remote) => ctx.repo.find_ref(&tracking(remote, branch))?,
        None => None,
    };
    let Some(start) = later(ctx, branch, local.as_ref(), there.as_ref())? else {
        return Ok(None);
    };
    let outcome = match tip {
        None => Outcome::Contained,
        Some(tip) if ctx.repo.contains(&start, tip)? => Outcome::Contained,
        Some(tip) => match ctx.repo.merge_in_memory(&start, tip)? {
            MergeOutcome::Clean { tree } => Outcome::Merged { tree },
            MergeOutcome::Conflict { files } => Outcome::Conflict { files },
        },
    };
    let result = start.clone();
    let branch = branch.to_owned();
    let landed_there = match &there {
        Some(there) => is_landed(ctx, there, &start, tip)?,
        None => false,
    };
    Ok(Some(Target {
        landed_there,
        branch,
        role,
        local,
        remote: there,
        start,
        outcome,
        result,
    }))
}

/// The later one of the local branch and the remote's. A local branch that is merely behind is no
/// obstacle: it is brought along.
fn later(
    ctx: &Context<'_>,
    branch: &str,
    local: Option<&Oid>,
    there: Option<&Oid>,
) -> Result<Option<Oid>> {
    let (local, there) = match (local, there) {
        (Some(local), Some(there)) => (local, there),
        (one, other) => return Ok(one.or(other).cloned()),
    };
    if ctx.repo.contains(local, there)? {
        return Ok(Some(local.clone()));
    }
    if ctx.repo.contains(there, local)? {
        return Ok(Some(there.clone()));
    }
    Err(
        Error::refused(format!("{branch} here and on the remote have diverged"))
            .untouched("Nothing was changed, here or there.")
            .next(format!(
                "Bring them together, then run finish again: git switch {branch} && git pull --no-rebase"
            )),
    )
}

/// What a target has here and not on the remote, without what came by a landing: the fix itself, and
/// merges that name their incident with all that they brought.
///
/// # Errors
/// When the commits cannot be read.
pub(super) fn strangers(
    ctx: &Context<'_>,
    target: &Target,
    tip: Option<&Oid>,
) -> Result<Vec<CommitInfo>> {
    let (Some(local), Some(there)) = (&target.local, &target.remote) else {
        return Ok(Vec::new());
    };
    if *local != target.start || local == there || target.landed_there {
        return Ok(Vec::new());
    }
    let ahead = ctx
        .repo
        .range(std::slice::from_ref(there), std::slice::from_ref(local), 0)?;
    let (landings, mut rest): (Vec<_>, Vec<_>) = ahead.into_iter().partition(is_landing);
    let landed = landings.iter().filter_map(|merge| merge.parents.get(1));
    for source in landed.chain(tip) {
        let brought =
            ctx.repo
                .range(std::slice::from_ref(there), std::slice::from_ref(source), 0)?;
        rest.retain(|commit| !brought.iter().any(|of_it| of_it.id == commit.id));
    }
    // A merge by hand of the fix itself, as the hint after a conflict says.
    let is_of_the_fix = |commit: &CommitInfo| commit.parents.get(1) == tip && tip.is_some();
    rest.retain(|commit| !is_of_the_fix(commit));
    Ok(rest)
}

/// Whether what the remote has of a branch holds the fix: its tip, or, once the branch is gone, every
/// landing that is here.
fn is_landed(ctx: &Context<'_>, there: &Oid, here: &Oid, tip: Option<&Oid>) -> Result<bool> {
    match tip {
        Some(tip) => Ok(ctx.repo.contains(there, tip)?),
        None => {
            let ahead =
                ctx.repo
                    .range(std::slice::from_ref(there), std::slice::from_ref(here), 0)?;
            Ok(!ahead.iter().any(is_landing))
        }
    }
}

/// A merge that names its incident.
fn is_landing(commit: &CommitInfo) -> bool {
    let mut lines = commit.message.lines();
    commit.parents.len() > 1 && lines.any(|line| line.starts_with("Incident: "))
}
