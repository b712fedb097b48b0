//! Merging and comparing without a work tree.

use super::process::nul_separated;
use super::{DiffStat, GitError, MergeOutcome, Oid, Repo, raw};
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
            .args([
                "merge-tree",
                "--write-tree",
                "-z",
                "--name-only",
                "--no-messages",
            ])
            .args([ours.as_str(), theirs.as_str()])
            .parsed();
        let called = git.name();
        let output = git.output()?;
        let mut parts = nul_separated(&output.stdout);
        match (output.code, parts.next()) {
            (0, Some(tree)) => Ok(MergeOutcome::Clean {
                tree: raw::parse_id(&tree)?,
            }),
            (1, Some(_)) => Ok(MergeOutcome::Conflict {
                files: parts.collect(),
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
            // git fetches what is missing in one go.
            Err(error) if error.code() == git2::ErrorCode::NotFound && self.is_partial() => {
                self.diff_stat_by_git(from, to)
            }
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
        let diff = compare().map_err(raw::failed(format!("comparing {from} and {to}")))?;
        let added = diff
            .deltas()
            .filter(|delta| delta.status() == git2::Delta::Added);
        Ok(added
            .filter_map(|delta| delta.new_file().path().map(Path::to_owned))
            .collect())
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
