//! Copies of a fix in a branch, where its own commits are not: a squash, a rebase, picks.
//!
//! A copy is known by the same patch, by the line of our own squash, or by the line of
//! `git cherry-pick -x`. A copy that was reverted since is none. The commits are read from the oldest
//! to the newest, and for every commit of the fix the last word counts: brought, or taken back.

use super::outlook::{FixRange, Held, How, SQUASHED};
use super::reverts::reverted;
use crate::git::{CommitInfo, Oid, Repo};
use crate::policy::picked;
use crate::workflow::{Context, Result};
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// What copies say of a fix in a branch.
#[derive(Debug, Clone)]
pub(super) enum Copies {
    /// No commit of it, or not every one, was ever copied there. Our own squash may have brought
    /// the first ones, up to this commit: what both have in common, though their histories do not say
    /// so.
    None(Option<Oid>),
    /// All of it is there.
    Held(Held),
    /// All of it was there, until this commit.
    TakenBack(Oid),
}

/// Looks for copies of a fix among the commits that a branch has and the fix has not.
///
/// At most 1,000 commits on the fix's files are compared; more are warned of.
pub(super) fn find(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
    memo: &Memo,
) -> Result<Copies> {
    if let Some(found) = memo.found.borrow().get(branch_tip) {
        return Ok(found.clone());
    }
    let found = look(ctx, branch_tip, fix, memo)?;
    let mut known = memo.found.borrow_mut();
    known.insert(branch_tip.clone(), found.clone());
    Ok(found)
}

fn look(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange, memo: &Memo) -> Result<Copies> {
    let (repo, Some(base)) = (&ctx.repo, &fix.base) else {
        return Ok(Copies::None(None));
    };
    if repo.contains(&fix.tip, branch_tip)? {
        return Ok(Copies::None(None));
    }
    let there = candidates(ctx, branch_tip, fix, memo.files(repo, fix, base)?)?;
    if there.is_empty() {
        return Ok(Copies::None(None));
    }
    let traits = memo.traits(repo, fix, base)?;
    let ids: Vec<Oid> = there.iter().map(|commit| commit.id.clone()).collect();
    let patches = repo.patch_ids(&ids)?.into_iter();
    let of_each: HashMap<Oid, String> = patches.map(|(patch, commit)| (commit, patch)).collect();
    let mut story = Story::new(traits.own.clone());
    let mut above = None;
    for commit in there.iter().rev() {
        let patch = of_each.get(&commit.id).map(String::as_str);
        let brings = story.brought_by(repo, commit, patch, traits, &fix.tip)?;
        let takes = story.taken_by(commit, patch, traits);
        story.tell(&commit.id, brings, takes);
        if let Some(tip) = squashed_tip(repo, commit)?
            && repo.contains(&fix.tip, &tip)?
        {
            above = Some(tip);
        }
    }
    story.end(repo, &ids, above)
}

/// Whether copies hold just what the fix does: each has its patch, or is our own squash. One that a person
/// resolved may hold less.
pub(super) fn are_the_fix(
    repo: &Repo,
    copies: &[Oid],
    fix: &FixRange,
    memo: &Memo,
) -> Result<bool> {
    let Some(base) = &fix.base else {
        return Ok(false);
    };
    let traits = memo.traits(repo, fix, base)?;
    let patches: HashMap<Oid, String> = (repo.patch_ids(copies)?.into_iter())
        .map(|(patch, commit)| (commit, patch))
        .collect();
    for copy in copies {
        let has_patch = patches.get(copy).is_some_and(|patch| {
            traits.whole.as_ref() == Some(patch) || traits.patches.contains_key(patch)
        });
        if !has_patch && !names_squashed(repo, &repo.commit(copy)?, &fix.tip)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The commits of a branch on the fix's files, newest first.
fn candidates(
    ctx: &Context<'_>,
    branch_tip: &Oid,
    fix: &FixRange,
    files: &[PathBuf],
) -> Result<Vec<CommitInfo>> {
    let (tip, branch) = (
        std::slice::from_ref(&fix.tip),
        std::slice::from_ref(branch_tip),
    );
    let there = ctx.repo.commits_on(tip, branch, files)?;
    if there.cut {
        let most = there.commits.len();
        ctx.warn(format!(
            "the fix was looked for in the last {most} commits on its files only"
        ));
    }
    let commits = there.commits.iter().map(|id| Ok(ctx.repo.commit(id)?));
    commits.collect()
}

/// What a fix is known by, computed when it is first asked for, the same for every branch; and what was
/// found of it.
#[derive(Debug, Default)]
pub struct Memo {
    files: OnceCell<Vec<PathBuf>>,
    traits: OnceCell<Traits>,
    /// What was found in each branch, by its tip.
    found: RefCell<HashMap<Oid, Copies>>,
}

impl Memo {
    /// The files that the fix changes.
    pub(super) fn files(&self, repo: &Repo, fix: &FixRange, base: &Oid) -> Result<&[PathBuf]> {
        let files = || {
            let differing = repo.differing(base, &fix.tip)?.into_iter();
            Ok(differing.map(|file| file.path).collect())
        };
        kept(&self.files, files).map(Vec::as_slice)
    }

    fn traits(&self, repo: &Repo, fix: &FixRange, base: &Oid) -> Result<&Traits> {
        kept(&self.traits, || Traits::of(repo, fix, base))
    }
}

fn kept<T: Default>(cell: &OnceCell<T>, find: impl FnOnce() -> Result<T>) -> Result<&T> {
    let found = match cell.get() {
        Some(_) => None,
        None => Some(find()?),
    };
    Ok(cell.get_or_init(|| found.unwrap_or_default()))
}

/// What a fix is known by.
#[derive(Debug, Default)]
struct Traits {
    /// Its own commits with a patch, oldest first.
    own: Vec<Oid>,
    whole: Option<String>,
    whole_back: Option<String>,
    /// Which of the fix's commits has it; none where the only one is the whole.
    patches: HashMap<String, usize>,
    patches_back: HashMap<String, usize>,
}

impl Traits {
    fn of(repo: &Repo, fix: &FixRange, base: &Oid) -> Result<Traits> {
        let tip = std::slice::from_ref(&fix.tip);
        let range = repo.range(std::slice::from_ref(base), tip, 0)?;
        let is_one = range.len() == 1;
        let own = range.into_iter().filter(|commit| commit.parents.len() < 2);
        let own: Vec<Oid> = own.map(|commit| commit.id).collect();
        let placed = |patches: Vec<(String, Oid)>| {
            let place = |id: &Oid| own.iter().position(|commit| commit == id);
            let placed = patches.into_iter();
            placed
                .filter_map(|(patch, commit)| Some((patch, place(&commit)?)))
                .collect()
        };
        let several: &[Oid] = if is_one { &[] } else { &own };
        Ok(Traits {
            whole: repo.patch_id_between(base, &fix.tip)?,
            whole_back: repo.patch_id_between(&fix.tip, base)?,
            patches: placed(repo.patch_ids(several)?),
            patches_back: placed(repo.reverse_patch_ids(several)?),
            own,
        })
    }
}

/// Which of the fix's commits a commit of the branch is about, by their places.
type Places = Vec<usize>;

/// What became of every commit of the fix, as far as the branch was read.
struct Story {
    own: Vec<Oid>,
    /// The commit of the branch that brought it last.
    by: Vec<Option<Oid>>,
    /// What each copy brought, and each revert took.
    brought: HashMap<Oid, Places>,
    taken: HashMap<Oid, Places>,
    was_whole: bool,
    taken_back: Option<Oid>,
}

impl Story {
    fn new(own: Vec<Oid>) -> Story {
        Story {
            by: vec![None; own.len()],
            own,
            brought: HashMap::new(),
            taken: HashMap::new(),
            was_whole: false,
            taken_back: None,
        }
    }

    fn all(&self) -> Places {
        (0..self.own.len()).collect()
    }

    fn brought_by(
        &self,
        repo: &Repo,
        commit: &CommitInfo,
        patch: Option<&str>,
        traits: &Traits,
        tip: &Oid,
    ) -> Result<Places> {
        if names_squashed(repo, commit, tip)?
            || (patch.is_some() && patch == traits.whole.as_deref())
        {
            return Ok(self.all());
        }
        if let Some(place) = patch.and_then(|patch| traits.patches.get(patch)) {
            return Ok(vec![*place]);
        }
        // A revert of a revert.
        let again = reverted(commit).filter_map(|id| self.taken.get(&id));
        let mut places: Places = again.flatten().copied().collect();
        for origin in picked::origins(&commit.message).filter_map(Oid::from_hex) {
            match self.own.iter().position(|own| *own == origin) {
                Some(place) => places.push(place),
                None if is_landing_of(repo, &origin, tip)? => return Ok(self.all()),
                None => {}
            }
        }
        Ok(places)
    }

    fn taken_by(&self, commit: &CommitInfo, patch: Option<&str>, traits: &Traits) -> Places {
        if patch.is_some() && patch == traits.whole_back.as_deref() {
            return self.all();
        }
        if let Some(place) = patch.and_then(|patch| traits.patches_back.get(patch)) {
            return vec![*place];
        }
        let mut places = Places::new();
        for id in reverted(commit) {
            places.extend(self.own.iter().position(|own| *own == id));
            places.extend(self.brought.get(&id).into_iter().flatten());
        }
        places
    }

    fn tell(&mut self, commit: &Oid, brings: Places, takes: Places) {
        if !brings.is_empty() {
            for place in &brings {
                self.by[*place] = Some(commit.clone());
            }
            self.brought.insert(commit.clone(), brings);
        } else if !takes.is_empty() {
            for place in &takes {
                self.by[*place] = None;
            }
            self.taken.insert(commit.clone(), takes);
            self.taken_back = Some(commit.clone());
        }
        self.was_whole |= self.by.iter().all(Option::is_some);
    }

    /// `there`: the commits of the branch, newest first.
    fn end(self, repo: &Repo, there: &[Oid], above: Option<Oid>) -> Result<Copies> {
        let present: HashSet<&Oid> = self.by.iter().flatten().collect();
        if self.by.is_empty() || self.by.iter().any(Option::is_none) {
            return Ok(match self.taken_back {
                Some(commit) if self.was_whole && !self.by.is_empty() => Copies::TakenBack(commit),
                _ => Copies::None(above),
            });
        }
        let commits = there.iter().filter(|commit| present.contains(commit));
        let commits: Vec<Oid> = commits.cloned().collect();
        let how = match commits.as_slice() {
            [_] => How::Squash,
            _ => How::Copies,
        };
        let below = match commits.last() {
            Some(oldest) => repo.commit(oldest)?.parents.into_iter().next(),
            None => None,
        };
        let by = commits.first().cloned();
        Ok(Copies::Held(Held {
            how,
            by,
            below,
            commits,
        }))
    }
}

/// A squash or a merge of all of the fix, which somebody picked as one.
fn is_landing_of(repo: &Repo, id: &Oid, tip: &Oid) -> Result<bool> {
    let Some(id) = repo.commit_of(id.as_str())? else {
        return Ok(false);
    };
    let commit = repo.commit(&id)?;
    match commit.parents.get(1) {
        Some(merged) => Ok(repo.contains(merged, tip)?),
        None => names_squashed(repo, &commit, tip),
    }
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
