//! Switching a work tree to another branch or commit.

use super::process::Running;
use super::{GitError, Head, Oid, Repo};

/// A switch under way.
pub struct Switching(Running);

impl Switching {
    /// Waits for it.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn end(self) -> Result<(), GitError> {
        self.0.checked().map(drop)
    }
}

impl Repo {
    /// Switches this work tree to a branch, changes kept as `git switch` does.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn switch(&self, branch: &str) -> Result<(), GitError> {
        match self.head_alone(branch)? {
            Some((from, to)) => self.point_head(branch, &from, &to),
            None => self.begin_switch(branch)?.end(),
        }
    }

    /// From where to where HEAD goes when a switch changes nothing else, as after most landings: both
    /// have one tree. `git switch` would look at every file for it. Nothing where git must say no, or
    /// holds the index for a commit that must not end up on the other branch.
    fn head_alone(&self, branch: &str) -> Result<Option<(Head, Oid)>, GitError> {
        let from = self.head()?;
        let (Head::Branch { oid, .. } | Head::Detached { oid }) = &from else {
            return Ok(None);
        };
        let Some(to) = self.find_ref(&format!("refs/heads/{branch}"))? else {
            return Ok(None);
        };
        let busy = self.git_dir.join("index.lock").exists();
        if busy || self.commit(oid)?.tree != self.commit(&to)?.tree || self.under_way()?.is_some() {
            return Ok(None);
        }
        let mut others = self.worktrees()?.into_iter();
        let taken = others.any(|tree| tree.branch.as_deref() == Some(branch));
        Ok((!taken).then_some((from, to)))
    }

    /// Moves HEAD as `git switch` does, with its line in the reflog and its hook.
    fn point_head(&self, branch: &str, from: &Head, to: &Oid) -> Result<(), GitError> {
        let (name, old) = match from {
            Head::Branch { name, oid } => (name.as_str(), oid),
            Head::Detached { oid } => (oid.as_str(), oid),
            Head::Unborn { .. } => return self.begin_switch(branch)?.end(),
        };
        self.git()
            .args(["symbolic-ref", "-m"])
            .arg(format!("checkout: moving from {name} to {branch}"))
            .args(["HEAD", &format!("refs/heads/{branch}")])
            .checked()?;
        let hook = ["hook", "run", "--ignore-missing", "post-checkout", "--"];
        let git = self.git().args(hook).args([old.as_str(), to.as_str(), "1"]);
        git.checked().map(drop)
    }

    /// Begins to switch, so that other work can be done meanwhile.
    ///
    /// # Errors
    /// When git cannot be started, or the name is none.
    pub fn begin_switch(&self, branch: &str) -> Result<Switching, GitError> {
        // `switch` takes `--end-of-options` for a branch before git 2.44; no branch begins so.
        if branch.starts_with('-') {
            return Err(GitError::Failed {
                command: "switch".to_owned(),
                code: 128,
                stderr: format!("{branch:?} is not the name of a branch"),
                stdout: String::new(),
            });
        }
        let arguments = ["switch", "--quiet", "--no-guess", branch];
        Ok(Switching(self.git().args(arguments).begin()?))
    }

    /// Switches this work tree to a commit without a branch.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn switch_detached(&self, commit: &Oid) -> Result<(), GitError> {
        let arguments = ["switch", "--quiet", "--detach", commit.as_str()];
        self.git().args(arguments).checked().map(drop)
    }
}
