//! Reverts that take a fix back: history says that it is there, and its change is not.

use super::outlook::FixRange;
use crate::git::{CommitInfo, Oid, Repo};
use crate::workflow::{Context, Result};

/// How git's own message names what a commit reverts.
const REVERTS: &str = "This reverts commit ";

/// How many commits of production are asked whether they revert the fix.
const COMPARED: usize = 1_000;

/// The commit of production that reverts a commit of the fix, or the merge that brought it, and that
/// was not reverted itself; with what it reverts. History says then that the fix is there, and its
/// change is not.
///
/// # Errors
/// When the commits cannot be read.
pub(super) fn in_history(
    ctx: &Context<'_>,
    production: &Oid,
    fix: &FixRange,
) -> Result<Option<(Oid, Oid)>> {
    let (repo, Some(base)) = (&ctx.repo, &fix.base) else {
        return Ok(None);
    };
    let commits = repo.range(
        std::slice::from_ref(base),
        std::slice::from_ref(production),
        COMPARED,
    )?;
    let mut open: Vec<(Oid, Oid)> = Vec::new();
    for commit in &commits {
        for id in reverted(commit) {
            if let Some(at) = open.iter().position(|(revert, _)| *revert == id) {
                open.remove(at);
            } else if brought_by_history(repo, &id, fix, base)? {
                open.push((commit.id.clone(), id));
            }
        }
    }
    Ok(open.pop())
}

/// A commit of the fix, or a merge of one.
fn brought_by_history(repo: &Repo, id: &Oid, fix: &FixRange, base: &Oid) -> Result<bool> {
    let Some(id) = repo.commit_of(id.as_str())? else {
        return Ok(false);
    };
    let commit = repo.commit(&id)?;
    let own = commit.parents.get(1).unwrap_or(&id);
    Ok(repo.contains(&fix.tip, own)? && !repo.contains(base, own)?)
}

/// The commits that a message says it reverts.
pub(super) fn reverted(commit: &CommitInfo) -> impl Iterator<Item = Oid> {
    let lines = commit.message.lines();
    lines.filter_map(|line| {
        let words = line.strip_prefix(REVERTS)?;
        let end = words.find(|c: char| !c.is_ascii_hexdigit());
        Oid::from_hex(&words[..end.unwrap_or(words.len())])
    })
}
