//! Copies of open incidents' fixes among other commits: known by what they change, whatever they say.

use crate::git::{Oid, Span};
use crate::workflow::{Context, Result};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// The fix of an open incident.
#[derive(Debug)]
pub(super) struct Fix {
    /// Which incident's.
    pub(super) whose: usize,
    /// The commit it stands on.
    pub(super) base: Oid,
    /// Its last commit.
    pub(super) tip: Oid,
    /// Its commits without the merges.
    pub(super) commits: Vec<Oid>,
}

/// The commits of a span that change what a fix changes, or what one of its commits does, by id and
/// with whose they are: a squash, picks, a rebase under other names.
///
/// One look for each fix and one for all of them, as long as nobody touches their files; a fix that is
/// there already is not looked for. At most 1,000 commits are compared, and more are warned of.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn find(
    ctx: &Context<'_>,
    span: &Span,
    fixes: &[Fix],
) -> Result<HashMap<String, usize>> {
    let mut missing = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for fix in fixes {
        if is_there(ctx, span, fix)? {
            continue;
        }
        let changed = ctx.repo.differing(&fix.base, &fix.tip)?;
        files.extend(changed.into_iter().map(|file| file.path));
        missing.push(fix);
    }
    files.sort_unstable();
    files.dedup();
    let found = ctx.repo.commits_on(&span.exclude, &span.include, &files)?;
    if found.cut {
        let most = found.commits.len();
        ctx.warn(format!(
            "copies of open fixes were looked for in the last {most} commits on their files only"
        ));
    }
    let own: HashSet<&Oid> = missing.iter().flat_map(|fix| &fix.commits).collect();
    let mut others = found.commits;
    others.retain(|commit| !own.contains(commit));
    if others.is_empty() {
        return Ok(HashMap::new());
    }
    let patches = patches(ctx, &missing)?;
    let others = ctx.repo.patch_ids(&others)?.into_iter();
    let copies = others.filter_map(|(patch, commit)| {
        let whose = patches.get(&patch)?;
        Some((commit.as_str().to_owned(), *whose))
    });
    Ok(copies.collect())
}

/// What the span starts from has the fix.
fn is_there(ctx: &Context<'_>, span: &Span, fix: &Fix) -> Result<bool> {
    for before in &span.exclude {
        if ctx.repo.contains(before, &fix.tip)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The patch ids of whole fixes and of each of their commits.
fn patches(ctx: &Context<'_>, fixes: &[&Fix]) -> Result<HashMap<String, usize>> {
    let mut patches = HashMap::new();
    for fix in fixes {
        for (patch, _) in ctx.repo.patch_ids(&fix.commits)? {
            patches.insert(patch, fix.whose);
        }
        // Of one commit that was it.
        if fix.commits.len() > 1
            && let Some(whole) = ctx.repo.patch_id_between(&fix.base, &fix.tip)?
        {
            patches.insert(whole, fix.whose);
        }
    }
    Ok(patches)
}
