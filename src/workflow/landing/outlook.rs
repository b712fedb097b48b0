//! What a branch has of a fix, and what landing it there would give.
//!
//! Ancestry says most. A forge that squashed or rebased, or a person who picked, leaves none: then
//! the fix is known by its change. A merge that changes nothing says that it is all there; where the
//! branch has gone on over the same lines, the patch ids of its commits do.

use crate::git::{CommitInfo, ConflictedFile, MergeOutcome, Oid, Repo};
use crate::workflow::{Context, Error, Result};
use serde::Serialize;
use std::collections::HashMap;

/// The trailer by which our own squash names the tip that it holds.
pub(in crate::workflow) const SQUASHED: &str = "Squashed-from";

/// How far back production's own commits are looked at.
const COMPARED: usize = 1_000;

/// A fix: the commits from its base to its tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixRange {
    /// The last commit.
    pub tip: Oid,
    /// The commit the first one stands on.
    pub base: Option<Oid>,
}

/// How a branch got a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Its commits are in the branch's history.
    History,
    /// One commit has the whole change.
    Squash,
    /// Copies of its commits: a rebase, or picks.
    Copies,
    /// Everything it changes is so already; which commit did it is not known.
    Content,
}

/// A fix that a branch has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// How it got there.
    pub how: How,
    /// The last commit that brought it; nothing for its own commits.
    pub by: Option<Oid>,
    /// The commit below the first one that brought it.
    #[serde(skip)]
    pub below: Option<Oid>,
}

/// What becomes of a branch and a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outlook", rename_all = "kebab-case")]
pub enum Outlook {
    /// The branch has it.
    Held(Held),
    /// It merges.
    Clean {
        /// What the merge gives.
        #[serde(skip)]
        tree: Oid,
        /// Commits that are not the fix's and would come along with the merge: the fix begins on
        /// something newer than the branch. Merges are not counted, they bring nothing of their own.
        foreign: usize,
    },
    /// A person must merge.
    Conflict {
        /// Where.
        files: Vec<ConflictedFile>,
        /// As above.
        foreign: usize,
    },
}

/// Files of a conflict in one line: `src/auth.rs (2 places), logo.png (not text)`.
pub fn files_in_words(files: &[ConflictedFile]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = files.iter().take(SHOWN).map(ToString::to_string).collect();
    if files.len() > SHOWN {
        words.push(format!("{} more", files.len() - SHOWN));
    }
    words.join(", ")
}

/// What picking a fix's commits on a branch gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Each pick that changes something; none when everything is there already.
    Clean(Vec<Pick>),
    /// A person must pick.
    Conflict {
        /// The first commit that does not apply.
        commit: Oid,
        /// Where.
        files: Vec<ConflictedFile>,
    },
}

/// A commit applied on another branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The commit.
    pub commit: Oid,
    /// The tree it gives.
    pub tree: Oid,
}

/// What landing a fix in a branch would give; nothing is written to any branch.
///
/// At most 1,000 commits of the branch are compared by patch; more are warned of.
///
/// # Errors
/// When git cannot be asked, or is too old to merge.
pub fn outlook(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<Outlook> {
    look(ctx, branch_tip, fix, true)
}

/// As [`outlook`]. A merge that is clean and does change something is believed at once unless the
/// look is thorough: only in production is it worth asking who else may have landed the fix.
pub(super) fn look(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
    thorough: bool,
) -> Result<Outlook> {
    if let Some(held) = by_history(ctx, branch_tip, fix)? {
        return Ok(Outlook::Held(held));
    }
    let merge = ctx.repo.merge_in_memory(branch_tip, &fix.tip)?;
    let is_clean = matches!(merge, MergeOutcome::Clean { .. });
    let changes_nothing = changes_nothing(&ctx.repo, branch_tip, fix, &merge)?;
    if (thorough || changes_nothing || !is_clean)
        && let Some(held) = by_patch(ctx, branch_tip, fix)?
    {
        return Ok(Outlook::Held(held));
    }
    if changes_nothing {
        let (how, by, below) = (How::Content, None, None);
        return Ok(Outlook::Held(Held { how, by, below }));
    }
    let foreign = foreign(ctx, branch_tip, fix)?;
    Ok(match merge {
        MergeOutcome::Clean { tree } => Outlook::Clean { tree, foreign },
        MergeOutcome::Conflict { files } => Outlook::Conflict { files, foreign },
    })
}

/// The branch has the fix's own commits.
pub(super) fn by_history(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
) -> Result<Option<Held>> {
    let holds = ctx.repo.contains(branch_tip, &fix.tip)?;
    Ok(holds.then_some(Held {
        how: How::History,
        by: None,
        below: None,
    }))
}

/// A fix that changes nothing at all is not there before its commits are.
fn changes_nothing(
    repo: &Repo,
    branch: &Oid,
    fix: &FixRange,
    merge: &MergeOutcome,
) -> Result<bool> {
    let MergeOutcome::Clean { tree } = merge else {
        return Ok(false);
    };
    let Some(base) = &fix.base else {
        return Ok(false);
    };
    let is_empty = repo.commit(base)?.tree == repo.commit(&fix.tip)?.tree;
    Ok(!is_empty && *tree == repo.commit(branch)?.tree)
}

/// The branch has the fix's change, in one commit or in copies of its commits.
fn by_patch(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<Option<Held>> {
    let (repo, Some(base)) = (&ctx.repo, &fix.base) else {
        return Ok(None);
    };
    if repo.contains(&fix.tip, branch_tip)? {
        return Ok(None);
    }
    let files = repo.files_between(base, &fix.tip)?;
    let there = repo.commits_on(
        std::slice::from_ref(&fix.tip),
        std::slice::from_ref(branch_tip),
        &files,
    )?;
    if there.cut {
        let most = there.commits.len();
        ctx.warn(format!(
            "the fix was looked for in the last {most} commits on its files only"
        ));
    }
    for commit in &there.commits {
        if names_squashed(repo, &repo.commit(commit)?, &fix.tip)? {
            return held(repo, How::Squash, commit, commit).map(Some);
        }
    }
    let known: HashMap<String, Oid> = repo.patch_ids(&there.commits)?.into_iter().collect();
    if known.is_empty() {
        return Ok(None);
    }
    let whole = repo.patch_id_between(base, &fix.tip)?;
    match whole.and_then(|patch| known.get(&patch)) {
        Some(commit) => held(repo, How::Squash, commit, commit).map(Some),
        None => by_copies(repo, &there.commits, &known, base, &fix.tip),
    }
}

/// Every commit of the fix has a copy among the commits of a branch, newest first.
fn by_copies(
    repo: &Repo,
    there: &[Oid],
    known: &HashMap<String, Oid>,
    base: &Oid,
    tip: &Oid,
) -> Result<Option<Held>> {
    let range = repo.range(std::slice::from_ref(base), std::slice::from_ref(tip), 0)?;
    let own = repo.patch_ids(&single(range))?;
    let copies: Option<Vec<&Oid>> = own.iter().map(|(patch, _)| known.get(patch)).collect();
    let Some(copies) = copies else {
        return Ok(None);
    };
    let mut copies = there.iter().filter(|commit| copies.contains(commit));
    match (copies.next(), copies.next_back()) {
        (Some(newest), oldest) => {
            held(repo, How::Copies, newest, oldest.unwrap_or(newest)).map(Some)
        }
        (None, _) => Ok(None),
    }
}

/// Names the commit of production by which a fix came that is only known by what it changed: the
/// first on its mainline that merging the fix does not change. What holds it goes on holding it, so
/// halving finds that one.
pub(super) fn dated(
    ctx: &Context<'_>,
    production: &Oid,
    fix: &FixRange,
    mut held: Held,
) -> Result<Held> {
    let repo = &ctx.repo;
    if held.how != How::Content {
        return Ok(held);
    }
    let mut mainline = repo.mainline(production, COMPARED)?;
    let mut own = mainline.len();
    for (at, commit) in mainline.iter().enumerate() {
        if repo.contains(&fix.tip, &commit.id)? {
            own = at;
            break;
        }
    }
    mainline.truncate(own);
    let (mut first, mut later) = (0, mainline.len());
    while first + 1 < later {
        let middle = first.midpoint(later);
        let id = &mainline[middle].id;
        let merge = repo.merge_in_memory(id, &fix.tip)?;
        match changes_nothing(repo, id, fix, &merge)? {
            true => first = middle,
            false => later = middle,
        }
    }
    held.by = mainline.get(first).map(|commit| commit.id.clone());
    Ok(held)
}

fn held(repo: &Repo, how: How, newest: &Oid, oldest: &Oid) -> Result<Held> {
    Ok(Held {
        how,
        by: Some(newest.clone()),
        below: repo.commit(oldest)?.parents.into_iter().next(),
    })
}

fn single(commits: Vec<CommitInfo>) -> Vec<Oid> {
    let own = commits.into_iter().filter(|c| c.parents.len() < 2);
    own.map(|commit| commit.id).collect()
}

/// Our own squash says what it holds, whatever stood around the lines.
fn names_squashed(repo: &Repo, commit: &CommitInfo, tip: &Oid) -> Result<bool> {
    match squashed_tip(repo, commit)? {
        Some(squashed) => Ok(repo.contains(&squashed, tip)?),
        None => Ok(false),
    }
}

/// The tip that our own squash holds, where it is still here.
pub(super) fn squashed_tip(repo: &Repo, commit: &CommitInfo) -> Result<Option<Oid>> {
    let value = |line: &str| Some(line.strip_prefix(SQUASHED)?.strip_prefix(": ")?.to_owned());
    match commit.message.lines().find_map(value) {
        Some(id) if Oid::from_hex(&id).is_some() => Ok(repo.commit_of(&id)?),
        _ => Ok(None),
    }
}

/// The commits below the fix that the branch has not: a merge would bring them along.
///
/// # Errors
/// When the object database cannot be read.
pub(in crate::workflow) fn foreign(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
) -> Result<usize> {
    match &fix.base {
        Some(base) if !ctx.repo.contains(branch_tip, base)? => {
            let missing = ctx.repo.range(
                std::slice::from_ref(branch_tip),
                std::slice::from_ref(base),
                0,
            )?;
            Ok(single(missing).len())
        }
        _ => Ok(0),
    }
}

/// What `git cherry-pick -x` of the fix's commits gives on a branch, one after the other.
///
/// # Errors
/// When git cannot be asked, or the fix holds a merge, which has no change of its own to pick.
pub fn picks(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<Picked> {
    let repo = &ctx.repo;
    let range = repo.range(fix.base.as_slice(), std::slice::from_ref(&fix.tip), 0)?;
    if let Some(merge) = range.iter().find(|commit| commit.parents.len() > 1) {
        let id = merge.id.short();
        let base = fix.base.as_ref().map_or("<base>", Oid::short);
        return Err(Error::refused(format!(
            "the fix holds the merge {id}, which cannot be picked"
        ))
        .untouched("Nothing was changed, here or there.")
        .next(format!("Make it a row of commits: git rebase {base}")));
    }
    let mut tree = repo.commit(branch_tip)?.tree;
    let mut done = Vec::new();
    for commit in range {
        match repo.pick_in_memory(&tree, &commit.id)? {
            // It is there already, in other words.
            MergeOutcome::Clean { tree: same } if same == tree => {}
            MergeOutcome::Clean { tree: next } => {
                tree = next.clone();
                let commit = commit.id;
                done.push(Pick { commit, tree: next });
            }
            MergeOutcome::Conflict { files } => {
                let commit = commit.id;
                return Ok(Picked::Conflict { commit, files });
            }
        }
    }
    Ok(Picked::Clean(done))
}
