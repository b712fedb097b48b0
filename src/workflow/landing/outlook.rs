//! What a branch has of a fix, and what landing it there would give.
//!
//! Ancestry says most. A forge that squashed or rebased, or a person who picked, leaves none: then
//! what counts is the effect. A merge, or a pick where a merge would bring other commits along, that
//! changes nothing says that the fix is all there. One that is clean and does change something says
//! that a part of it is not: there the branch reads as it did before the fix. It lands, unless commits
//! with the very patch of the fix are there and none took it back: then what it brought was renamed or
//! moved since, and would come twice. Where it conflicts the effect says nothing: the branch may have
//! gone on over the same lines. There any copy answers.

use super::copies::{self, Copies, Memo};
use super::picks::{Picked, picks};
use crate::git::{CommitInfo, ConflictedFile, MergeOutcome, Oid, Repo};
use crate::workflow::{Context, Result};
use serde::Serialize;

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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Held {
    /// How it got there.
    pub how: How,
    /// The last commit that brought it; nothing for its own commits.
    pub by: Option<Oid>,
    /// The commit below the first one that brought it.
    #[serde(skip)]
    pub below: Option<Oid>,
    /// The commits of the branch that are it, where they are not the fix's own.
    #[serde(skip)]
    pub commits: Vec<Oid>,
}

impl Held {
    /// By its own commits.
    pub(super) fn by_history() -> Held {
        Held {
            how: How::History,
            by: None,
            below: None,
            commits: Vec::new(),
        }
    }

    /// Everything is as the fix has it; nobody knows by which commit.
    pub(super) fn by_content() -> Held {
        Held {
            how: How::Content,
            ..Held::by_history()
        }
    }
}

/// What becomes of a branch and a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// What landing a fix in a branch would give; nothing is written to any branch.
///
/// At most 1,000 commits of the branch are compared by patch; more are warned of.
///
/// # Errors
/// When git cannot be asked, or is too old to merge.
pub fn outlook(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<Outlook> {
    outlook_of(ctx, branch_tip, fix, &Memo::default())
}

/// As [`outlook`], for several branches: what the fix is known by is kept for the next one.
///
/// # Errors
/// As there.
pub fn outlook_of(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
    memo: &Memo,
) -> Result<Outlook> {
    if let Some(held) = by_history(ctx, branch_tip, fix)? {
        return Ok(Outlook::Held(held));
    }
    let repo = &ctx.repo;
    let foreign = foreign(ctx, branch_tip, fix)?;
    let (effect, merge) = if foreign == 0 {
        let outcome = repo.merge_in_memory(branch_tip, &fix.tip)?;
        (merged(repo, branch_tip, fix, &outcome)?, Some(outcome))
    } else {
        (by_picks(ctx, branch_tip, fix)?, None)
    };
    let copies = match &effect {
        Effect::Something(_) if is_untouched(repo, branch_tip, fix, memo)? => Copies::None(None),
        _ => copies::find(ctx, branch_tip, fix, memo)?,
    };
    if let (Effect::Something(tree), Copies::Held(held)) = (&effect, &copies)
        && copies::are_the_fix(repo, &held.commits, fix, memo)?
    {
        warn_of_changes(ctx, held, branch_tip, tree)?;
        return Ok(Outlook::Held(held.clone()));
    }
    let above = match (effect, copies) {
        (Effect::Something(_), _) | (Effect::Unknown, Copies::TakenBack(_)) => None,
        (_, Copies::Held(held)) => return Ok(Outlook::Held(held)),
        (Effect::Nothing, _) => return Ok(Outlook::Held(Held::by_content())),
        (Effect::Unknown, Copies::None(above)) => above,
    };
    let mut merge = match merge {
        Some(merge) => merge,
        None => repo.merge_in_memory(branch_tip, &fix.tip)?,
    };
    if let (MergeOutcome::Conflict { .. }, Some(above)) = (&merge, above) {
        merge = above_a_squash(repo, branch_tip, fix, &above)?;
    }
    Ok(match merge {
        MergeOutcome::Clean { tree } => Outlook::Clean { tree, foreign },
        MergeOutcome::Conflict { files } => Outlook::Conflict { files, foreign },
    })
}

/// Whether a branch has the fix's files as the fix found them: then it holds no copy, renamed or not.
fn is_untouched(repo: &Repo, branch: &Oid, fix: &FixRange, memo: &Memo) -> Result<bool> {
    let Some(base) = &fix.base else {
        return Ok(false);
    };
    for file in memo.files(repo, fix, base)? {
        if !repo.same_at(base, branch, file)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a fix would do to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect {
    Nothing,
    /// The tree it gives.
    Something(Oid),
    /// It conflicts, or cannot be computed.
    Unknown,
}

/// What a merge says.
fn merged(repo: &Repo, branch: &Oid, fix: &FixRange, merge: &MergeOutcome) -> Result<Effect> {
    Ok(match merge {
        MergeOutcome::Clean { .. } if changes_nothing(repo, branch, fix, merge)? => Effect::Nothing,
        MergeOutcome::Clean { tree } => Effect::Something(tree.clone()),
        MergeOutcome::Conflict { .. } => Effect::Unknown,
    })
}

/// A person sees whether a rename, say, or a change back by hand is why the branch reads otherwise.
fn warn_of_changes(ctx: &Context<'_>, held: &Held, branch: &Oid, tree: &Oid) -> Result<()> {
    const SHOWN: usize = 3;
    let mut files = ctx.repo.files_between(branch, tree)?;
    let more = files.len().saturating_sub(SHOWN);
    files.truncate(SHOWN);
    if more > 0 {
        files.push(format!("{more} more"));
    }
    let by = held.by.as_ref().map_or("a copy", Oid::short);
    let files = files.join(", ");
    ctx.warn(format!(
        "{by} brought the fix, and what came after it changed {files}: see that it still holds"
    ));
    Ok(())
}

/// Where other commits would come along with a merge, the fix's own are asked alone.
fn by_picks(ctx: &Context<'_>, branch: &Oid, fix: &FixRange) -> Result<Effect> {
    let repo = &ctx.repo;
    Ok(match picks(ctx, branch, fix)? {
        Picked::Clean(picks) => match picks.into_iter().last() {
            None if !is_empty(repo, fix)? => Effect::Nothing,
            None => Effect::Something(repo.commit(branch)?.tree),
            Some(last) => Effect::Something(last.tree),
        },
        Picked::Conflict { .. } | Picked::Merge(_) => Effect::Unknown,
    })
}

/// The merge of a fix of which our own squash brought the commits up to `common`: that they are in
/// both, the histories do not say.
fn above_a_squash(repo: &Repo, branch: &Oid, fix: &FixRange, common: &Oid) -> Result<MergeOutcome> {
    let tree = |id: &Oid| repo.commit(id).map(|commit| commit.tree);
    let (base, ours, theirs) = (tree(common)?, tree(branch)?, tree(&fix.tip)?);
    Ok(repo.merge_trees(&base, &ours, &theirs)?)
}

/// The branch has the fix's own commits.
pub(super) fn by_history(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
) -> Result<Option<Held>> {
    let holds = ctx.repo.contains(branch_tip, &fix.tip)?;
    Ok(holds.then(Held::by_history))
}

/// Whether a merge leaves a branch as it is, by which it has the fix.
fn changes_nothing(
    repo: &Repo,
    branch: &Oid,
    fix: &FixRange,
    merge: &MergeOutcome,
) -> Result<bool> {
    match merge {
        MergeOutcome::Clean { tree } if fix.base.is_some() && !is_empty(repo, fix)? => {
            Ok(*tree == repo.commit(branch)?.tree)
        }
        _ => Ok(false),
    }
}

/// A fix that changes nothing at all is not there before its commits are.
fn is_empty(repo: &Repo, fix: &FixRange) -> Result<bool> {
    match &fix.base {
        Some(base) => Ok(repo.commit(base)?.tree == repo.commit(&fix.tip)?.tree),
        None => Ok(false),
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

/// The files in which the commit that brought all of a fix to production changes more than the fix: on
/// a forge a review adds to a branch, which is squashed or merged with that and deleted. None where it
/// conflicted, since what a person made of it is not to be told from more.
pub(super) fn beyond(ctx: &Context<'_>, by: &Oid, fix: &FixRange) -> Result<Vec<String>> {
    let repo = &ctx.repo;
    let landing = repo.commit(by)?;
    let Some(below) = landing.parents.first() else {
        return Ok(Vec::new());
    };
    let is_whole = matches!(
        repo.merge_in_memory(by, &fix.tip)?,
        MergeOutcome::Clean { tree } if tree == landing.tree
    );
    match repo.merge_in_memory(below, &fix.tip)? {
        MergeOutcome::Clean { tree } if is_whole && tree != landing.tree => {
            Ok(repo.files_between(&tree, &landing.tree)?)
        }
        _ => Ok(Vec::new()),
    }
}

fn single(commits: Vec<CommitInfo>) -> Vec<Oid> {
    let own = commits.into_iter().filter(|c| c.parents.len() < 2);
    own.map(|commit| commit.id).collect()
}

/// The commits below the fix that the branch has not: a merge would bring them along.
fn foreign(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<usize> {
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
