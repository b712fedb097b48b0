//! A landing that was made earlier, after its hotfix branch is gone.

use super::copies;
use super::outlook::FixRange;
use crate::git::{CommitInfo, Oid};
use crate::record::Record;
use crate::workflow::production::{Production, tracking};
use crate::workflow::shell::word;
use crate::workflow::{Context, Error, Result, gate, landed, merged};

/// How many commits of production a landing is looked for in.
pub(super) const LOOKED_BACK: usize = 1_000;

/// The fix that landed, as production's history and the record tell; nothing when neither does. That
/// production has it is for the caller to see.
///
/// # Errors
/// When the object database cannot be read.
pub(in crate::workflow) fn fix(
    ctx: &Context<'_>,
    id: &str,
    record: &Record,
    production: &Production,
) -> Result<Option<FixRange>> {
    if let Some(tip) = merged::tip(ctx, record)? {
        let base = gate::fork(ctx, record, &tip)?;
        return Ok(Some(FixRange { tip, base }));
    }
    let Some(landing) = landing(ctx, id, record, production)? else {
        return Ok(None);
    };
    let squashed = copies::squashed_tip(&ctx.repo, &landing)?;
    let merged = landing.parents.get(1).cloned();
    // Neither: the fix's own last commit.
    let tip = merged.or(squashed).unwrap_or(landing.id);
    let base = gate::fork(ctx, record, &tip)?;
    Ok(Some(FixRange { tip, base }))
}

/// The commit by which production got the fix: a merge or a squash that names the incident, else
/// the one that the record names, else the fix's own last commit that names it. The one that the
/// record names may be in no branch any more: it tells what the fix is, not that it is there.
fn landing(
    ctx: &Context<'_>,
    id: &str,
    record: &Record,
    production: &Production,
) -> Result<Option<CommitInfo>> {
    let branch = &production.branch;
    let here = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
    let there = match &production.remote {
        Some(remote) => ctx.repo.find_ref(&tracking(remote, branch))?,
        None => None,
    };
    let trailer = format!("Incident: {id}");
    let mut own = None;
    let starts: Vec<Oid> = here.into_iter().chain(there).collect();
    for start in &starts {
        for commit in ctx.repo.mainline(start, LOOKED_BACK)? {
            if !commit.message.lines().any(|line| line == trailer) {
                continue;
            }
            if commit.parents.len() > 1 || copies::squashed_tip(&ctx.repo, &commit)?.is_some() {
                return Ok(Some(commit));
            }
            own = own.or(Some(commit));
        }
    }
    let named = match landed::commit(record, branch) {
        Some(named) => ctx.repo.commit_of(named)?,
        None => None,
    };
    let Some(named) = named else {
        return Ok(own);
    };
    for start in &starts {
        if ctx.repo.contains(start, &named)? {
            return Ok(Some(ctx.repo.commit(&named)?));
        }
    }
    match own {
        Some(own) => Ok(Some(own)),
        None => Ok(Some(ctx.repo.commit(&named)?)),
    }
}

/// The refusal of a landing that is said to be there and is not: its branch is gone, and production
/// has the fix nowhere.
///
/// # Errors
/// When the refs or the commits cannot be read.
pub(super) fn nowhere(
    ctx: &Context<'_>,
    record: &Record,
    production: &Production,
    branch: &str,
    fix: Option<&FixRange>,
) -> Result<Error> {
    let name = &production.branch;
    let mut error = Error::refused(format!("the fix is nowhere in {name}"))
        .untouched("Nothing was changed, here or there.");
    if let Some(named) = landed::commit(record, name) {
        error = error.detail(format!("the record says that it landed as {named}"));
    }
    let there = match &production.remote {
        Some(remote) => {
            let is_there = ctx.repo.find_ref(&tracking(remote, branch))?.is_some();
            is_there.then(|| format!("{remote}/{branch}"))
        }
        None => None,
    };
    let from = match (there, fix) {
        (Some(there), _) => there,
        (None, Some(fix)) => {
            for commit in ctx
                .repo
                .range(fix.base.as_slice(), std::slice::from_ref(&fix.tip), 0)?
            {
                error = error.detail(format!("{} {}", commit.id.short(), commit.subject()));
            }
            fix.tip.short().to_owned()
        }
        (None, None) => {
            return Ok(error
                .next("Who landed it has it: let them push. Or bring the branch back:")
                .next(format!("git branch {} <its last commit>", word(branch))));
        }
    };
    Ok(error
        .next("Bring its branch back, then run finish again:")
        .next(format!("git branch {} {}", word(branch), word(&from))))
}
