//! Merging and comparing without a work tree.

use super::process::Running;
use super::{DiffStat, GitError, Ident, MergeOutcome, Oid, Repo, raw};

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
        let pair = (ours.clone(), theirs.clone());
        if let Some(tree) = self.merged.borrow().get(&pair).cloned() {
            return Ok(MergeOutcome::Clean { tree });
        }
        self.merge_tree(ours, theirs)
    }

    /// Computes several merges, ours and theirs, in one process. Each is known without another one
    /// afterwards if it is clean: whatever goes wrong here is found again, and said, by the merge itself.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn merge_ahead(&self, pairs: &[(Oid, Oid)]) -> Result<(), GitError> {
        let mut wanted: Vec<&(Oid, Oid)> = Vec::new();
        for pair in pairs {
            let (ours, theirs) = pair;
            let is_known = wanted.contains(&pair) || self.merged.borrow().contains_key(pair);
            if !is_known && !self.contains(ours, theirs)? && !self.contains(theirs, ours)? {
                wanted.push(pair);
            }
        }
        if wanted.len() < 2 {
            return Ok(());
        }
        let lines = wanted
            .iter()
            .map(|(ours, theirs)| format!("{ours} {theirs}\n"));
        // git 2.38 has no `--stdin` yet.
        let git = self
            .git()
            .args(["merge-tree", "--write-tree", "--no-messages", "--stdin"])
            .input(lines.collect::<String>())
            .parsed();
        let output = git.output()?;
        let trees = clean_trees(&output.stdout);
        if output.code != 0 || trees.len() != wanted.len() {
            return Ok(());
        }
        let clean = wanted.into_iter().cloned().zip(trees);
        let clean = clean.filter_map(|(pair, tree)| Some((pair, tree?)));
        self.merged.borrow_mut().extend(clean);
        Ok(())
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
        let nobody = Ident {
            name: "git hotfix".to_owned(),
            email: "none".to_owned(),
        };
        let who = raw::signature(&nobody, 0, 0)?;
        let words = "stand-in for a computed merge\n";
        self.write_commit((&who, &who), tree, parents, words)
    }

    pub(super) fn empty_tree(&self) -> Result<Oid, GitError> {
        let write = || self.inner.treebuilder(None)?.write();
        raw::from_raw(write().map_err(raw::failed("writing an empty tree"))?)
    }

    /// Begins to count changed files and lines from one commit to another; a renamed file is one.
    ///
    /// libgit2 reads the whole index for it, to see whether it has attributes.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn count_changes(&self, from: &Oid, to: &Oid) -> Result<Counting, GitError> {
        let git = self
            .git()
            .args(["diff", "--no-ext-diff", "--shortstat", "-M"]);
        let git = git.args([from.as_str(), to.as_str(), "--"]);
        Ok(Counting(git.looking().begin()?))
    }
}

/// A count of changed files and lines under way.
pub struct Counting(Running);

impl Counting {
    /// Waits for it.
    ///
    /// # Errors
    /// What git said.
    pub fn end(self) -> Result<DiffStat, GitError> {
        let output = self.0.checked()?;
        let line = String::from_utf8_lossy(&output.stdout);
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

/// What `merge-tree --stdin` prints, a merge each: whether it is clean (1), its tree, where it
/// conflicts, and an empty part. The trees of those that are clean.
fn clean_trees(printed: &[u8]) -> Vec<Option<Oid>> {
    let mut parts = printed.split(|byte| *byte == 0);
    let mut trees = Vec::new();
    while let Some(status) = parts.next() {
        if status.is_empty() {
            continue;
        }
        let tree = parts.next().map(String::from_utf8_lossy);
        let tree = tree.as_deref().and_then(Oid::from_hex);
        trees.push(tree.filter(|_| status == b"1"));
        let _conflicts = parts.by_ref().take_while(|part| !part.is_empty()).count();
    }
    trees
}
