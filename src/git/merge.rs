//! Merging and comparing without a work tree.

use super::process::nul_separated;
use super::{DiffStat, GitError, Ident, MergeOutcome, Oid, Repo, raw};
use std::path::{Path, PathBuf};

/// The oldest git whose `merge-tree` writes trees.
const OLDEST: (u32, u32, u32) = (2, 38, 0);

impl Repo {
    /// What merging `theirs` into `ours` gives, computed in memory as `git merge` would.
    ///
    /// # Errors
    /// When git cannot be asked, is older than 2.38, or the two share no history.
    pub fn merge_in_memory(&self, ours: &Oid, theirs: &Oid) -> Result<MergeOutcome, GitError> {
        // A merge that brings nothing new, or everything, needs no process.
        for (whole, part) in [(ours, theirs), (theirs, ours)] {
            if self.contains(whole, part)? {
                let tree = self.commit(whole)?.tree;
                return Ok(MergeOutcome::Clean { tree });
            }
        }
        self.merge_tree(ours, theirs)
    }

    /// `git merge-tree` of two commits.
    pub(super) fn merge_tree(&self, ours: &Oid, theirs: &Oid) -> Result<MergeOutcome, GitError> {
        let git = self
            .git()
            .args(["merge-tree", "--write-tree", "-z"])
            .args([ours.as_str(), theirs.as_str()])
            .parsed();
        let called = git.name();
        let output = git.output()?;
        let mut parts = output.stdout.splitn(2, |byte| *byte == 0);
        let tree = parts.next().map(String::from_utf8_lossy);
        let tree = tree.as_deref().and_then(Oid::from_hex);
        match (output.code, tree) {
            (0, Some(tree)) => Ok(MergeOutcome::Clean { tree }),
            (1, Some(tree)) => Ok(MergeOutcome::Conflict {
                files: self.conflicts(&tree, parts.next().unwrap_or_default())?,
            }),
            _ => {
                let mut failure = output.clone();
                if self.git_version()? < OLDEST {
                    failure.stderr = b"git 2.38 or newer is needed to compute a merge".to_vec();
                }
                Err(failure.failed(called))
            }
        }
    }

    /// What applying one commit's change on a tree gives, computed in memory as
    /// `git cherry-pick` would: a merge whose base is the commit's parent.
    ///
    /// # Errors
    /// When git cannot be asked, or the commit is a merge: it has no change of its own.
    pub fn pick_in_memory(&self, tree: &Oid, commit: &Oid) -> Result<MergeOutcome, GitError> {
        let picked = self.commit(commit)?;
        let before = match picked.parents.as_slice() {
            [] => self.empty_tree()?,
            [parent] => self.commit(parent)?.tree,
            _ => {
                return Err(GitError::Libgit2 {
                    doing: format!("picking {commit}"),
                    message: "it is a merge".to_owned(),
                });
            }
        };
        self.merge_trees(&before, tree, &picked.tree)
    }

    /// Three trees merged.
    ///
    /// `merge-tree --merge-base` is there since git 2.40 only. Stand-ins with the same trees say the
    /// same to every version: base, ours and theirs as a history of three commits.
    ///
    /// # Errors
    /// When git cannot be asked, or is older than 2.38.
    pub fn merge_trees(
        &self,
        base: &Oid,
        ours: &Oid,
        theirs: &Oid,
    ) -> Result<MergeOutcome, GitError> {
        // One side changed nothing, or both did the same.
        if ours == base || ours == theirs || theirs == base {
            let tree = if theirs == base { ours } else { theirs };
            let tree = tree.clone();
            return Ok(MergeOutcome::Clean { tree });
        }
        let base = self.stand_in(base, &[])?;
        let ours = self.stand_in(ours, std::slice::from_ref(&base))?;
        let theirs = self.stand_in(theirs, &[base])?;
        self.merge_tree(&ours, &theirs)
    }

    /// A commit that only holds a tree in a history, for computing: no ref ever points to it, and the
    /// same one is written but once.
    ///
    /// # Errors
    /// When the object database cannot be written.
    pub fn stand_in(&self, tree: &Oid, parents: &[Oid]) -> Result<Oid, GitError> {
        let writing = || raw::failed("writing a commit to compute with");
        let nobody = Ident {
            name: "git hotfix".to_owned(),
            email: "none".to_owned(),
        };
        let who = raw::signature(&nobody, 0, 0)?;
        let parents: Vec<git2::Commit<'_>> = parents
            .iter()
            .map(|id| self.raw_commit(id))
            .collect::<Result<_, _>>()?;
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let id = raw::to_raw(tree)?;
        let tree = self.complete(tree, || self.inner.find_tree(id));
        let tree = tree.map_err(writing())?;
        let words = "stand-in for a computed merge\n";
        let id = self
            .inner
            .commit(None, &who, &who, words, &tree, &parents)
            .map_err(writing())?;
        raw::from_raw(id)
    }

    pub(super) fn empty_tree(&self) -> Result<Oid, GitError> {
        let write = || self.inner.treebuilder(None)?.write();
        raw::from_raw(write().map_err(raw::failed("writing an empty tree"))?)
    }

    /// Changed files and lines from one commit to another; a renamed file is one.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn diff_stat(&self, from: &Oid, to: &Oid) -> Result<DiffStat, GitError> {
        let (old, new) = (self.raw_commit(from)?, self.raw_commit(to)?);
        let compare = || {
            let (old, new) = (old.tree()?, new.tree()?);
            let mut diff = self.inner.diff_tree_to_tree(Some(&old), Some(&new), None)?;
            diff.find_similar(None)?;
            diff.stats()
        };
        match compare() {
            Ok(stats) => Ok(DiffStat {
                files: stats.files_changed(),
                insertions: stats.insertions(),
                deletions: stats.deletions(),
            }),
            Err(error) if self.is_for_git(&error) => self.diff_stat_by_git(from, to),
            Err(error) => Err(raw::failed(format!("comparing {from} and {to}"))(error)),
        }
    }

    /// The files that are in one commit and were not in the one before, below the top.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn added_files(&self, from: &Oid, to: &Oid) -> Result<Vec<PathBuf>, GitError> {
        let (old, new) = (self.raw_commit(from)?, self.raw_commit(to)?);
        let compare = || {
            let (old, new) = (old.tree()?, new.tree()?);
            self.inner.diff_tree_to_tree(Some(&old), Some(&new), None)
        };
        let diff = match compare() {
            Err(error) if self.is_for_git(&error) => return self.added_files_by_git(from, to),
            compared => compared.map_err(raw::failed(format!("comparing {from} and {to}")))?,
        };
        let added = diff
            .deltas()
            .filter(|delta| delta.status() == git2::Delta::Added);
        Ok(added
            .filter_map(|delta| delta.new_file().path().map(Path::to_owned))
            .collect())
    }

    /// What libgit2 has not got and git fetches in one go; and an index of a kind that only git reads
    /// (sparse, split), in which libgit2 looks for attributes.
    fn is_for_git(&self, error: &git2::Error) -> bool {
        let is_missing = error.code() == git2::ErrorCode::NotFound && self.is_partial();
        is_missing || error.class() == git2::ErrorClass::Index
    }

    fn added_files_by_git(&self, from: &Oid, to: &Oid) -> Result<Vec<PathBuf>, GitError> {
        let git = self.git().args(["diff-tree", "-r", "-z", "--no-renames"]);
        let git = git.args(["--diff-filter=A", "--name-only", from.as_str(), to.as_str()]);
        let output = git.looking().checked()?;
        Ok(nul_separated(&output.stdout).map(PathBuf::from).collect())
    }

    fn diff_stat_by_git(&self, from: &Oid, to: &Oid) -> Result<DiffStat, GitError> {
        let line = self
            .git()
            .args([
                "diff",
                "--shortstat",
                "-M",
                from.as_str(),
                to.as_str(),
                "--",
            ])
            .parsed()
            .text()?;
        // ` 2 files changed, 3 insertions(+), 1 deletion(-)`; a part that is 0 is left out.
        let count = |word: &str| {
            line.split(',')
                .find(|part| part.contains(word))
                .and_then(|part| part.split_whitespace().next()?.parse().ok())
                .unwrap_or(0)
        };
        Ok(DiffStat {
            files: count("file"),
            insertions: count("insertion"),
            deletions: count("deletion"),
        })
    }
}
