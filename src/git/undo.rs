//! Taking back what a commit did, without a work tree.

use super::process::nul_separated;
use super::{CommitInfo, GitError, MergeOutcome, Oid, Repo, raw};

impl Repo {
    /// What taking back a commit gives on top of a tree, as `git revert` computes it: a merge whose
    /// base is the commit and whose other side is its parent. Without a parent the commit began the
    /// history, and an empty tree came before it.
    ///
    /// # Errors
    /// When git cannot be asked, or is older than 2.38.
    pub fn undo_in_memory(
        &self,
        commit: &Oid,
        parent: Option<&Oid>,
        onto: &Oid,
    ) -> Result<MergeOutcome, GitError> {
        let before = match parent {
            Some(parent) => self.commit(parent)?.tree,
            None => self.empty_tree()?,
        };
        self.merge_trees(&self.commit(commit)?.tree, onto, &before)
    }

    /// The commits after `from`, up to `to`, that touch any of the files, newest first.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn touching(
        &self,
        from: &Oid,
        to: &Oid,
        files: &[String],
        limit: usize,
    ) -> Result<Vec<CommitInfo>, GitError> {
        let listed = self
            .git()
            .args(["--literal-pathspecs", "log", "-z", "--format=%H"])
            .arg(format!("--max-count={limit}"))
            .args([to.as_str(), &format!("^{from}"), "--"])
            .args(files)
            .looking()
            .checked()?;
        nul_separated(&listed.stdout)
            .map(|id| self.commit(&raw::parse_id(id.trim())?))
            .collect()
    }

    /// Whether a branch has been at a commit: it is among what the first parents lead to.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn has_been_at(&self, tip: &Oid, commit: &Oid) -> Result<bool, GitError> {
        let listed = self
            .git()
            .args(["rev-list", "--first-parent", tip.as_str()])
            .arg(format!("^{commit}^@"))
            .arg("--")
            .looking()
            .text()?;
        Ok(listed.lines().any(|line| line == commit.as_str()))
    }

    /// What somebody has begun on a branch in this work tree and not ended, as git's word for it:
    /// `merge`, `rebase`, `bisect`.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn under_way_on(&self, branch: &str) -> Result<Option<&'static str>, GitError> {
        // Both leave the branch until they end.
        if self.branch_at_work()?.as_deref() == Some(branch)
            && let Some(word) = self.under_way()?
        {
            return Ok(Some(word));
        }
        let start = std::fs::read_to_string(self.git_dir.join("BISECT_START"));
        let is_bisected = start.is_ok_and(|start| start.trim_end() == branch);
        Ok(is_bisected.then_some("bisect"))
    }

    pub(super) fn under_way(&self) -> Result<Option<&'static str>, GitError> {
        let folders = [
            ("rebase-apply/applying", "am"),
            ("rebase-merge", "rebase"),
            ("rebase-apply", "rebase"),
        ];
        let stands = |(name, _): &&(&str, _)| self.git_dir.join(name).exists();
        if let Some((_, word)) = folders.iter().find(stands) {
            return Ok(Some(word));
        }
        // In a reftable only git finds the last two.
        for (name, word) in [
            ("MERGE_HEAD", "merge"),
            ("REVERT_HEAD", "revert"),
            ("CHERRY_PICK_HEAD", "cherry-pick"),
        ] {
            let is_there = self.git_dir.join(name).exists();
            if is_there || (self.by_git() && self.commit_of(name)?.is_some()) {
                return Ok(Some(word));
            }
        }
        // Of several commits one was ended by hand, and the others wait.
        let todo = std::fs::read_to_string(self.git_dir.join("sequencer").join("todo"));
        Ok(todo.ok().map(|todo| match todo.starts_with("revert") {
            true => "revert",
            false => "cherry-pick",
        }))
    }

    /// Every commit that a revision or a range (`a..b`) names, as far as they exist; nothing when it
    /// names none. An end that is left out is HEAD.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn commits_of(&self, words: &str) -> Result<Option<Vec<CommitInfo>>, GitError> {
        let Some((from, to)) = words.split_once("..") else {
            return match self.commit_of(words)? {
                Some(id) => Ok(Some(vec![self.commit(&id)?])),
                None => Ok(None),
            };
        };
        let end = |name: &str| self.commit_of(if name.is_empty() { "HEAD" } else { name });
        match (end(from)?, end(to)?) {
            (Some(from), Some(to)) => self.range(&[from], &[to], 0).map(Some),
            _ => Ok(None),
        }
    }

    /// Commits of one history in its order, newest first, each once.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn newest_first(&self, commits: Vec<CommitInfo>) -> Result<Vec<CommitInfo>, GitError> {
        let common = self.older_than_all(&commits)?;
        let ids: Vec<Oid> = commits.iter().map(|commit| commit.id.clone()).collect();
        let mut walked = self.range(common.as_slice(), &ids, 0)?;
        walked.retain(|commit| ids.contains(&commit.id));
        walked.reverse();
        Ok(walked)
    }

    /// A commit that comes before each of them: it bounds a walk and hides none. Nothing when one has
    /// no parent, or the histories are apart.
    fn older_than_all(&self, commits: &[CommitInfo]) -> Result<Option<Oid>, GitError> {
        let mut common: Option<Oid> = None;
        for commit in commits {
            let Some(parent) = commit.parents.first() else {
                return Ok(None);
            };
            let shared = match &common {
                Some(common) => self.merge_base(common, parent)?,
                None => Some(parent.clone()),
            };
            match shared {
                Some(shared) => common = Some(shared),
                None => return Ok(None),
            }
        }
        Ok(common)
    }
}
