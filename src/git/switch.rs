//! Switching a work tree to another branch or commit.

use super::few::Few;
use super::process::{Running, nul_separated};
use super::{GitError, Head, Oid, Repo, Worktree};

/// A switch under way.
pub struct Switching(Running);

impl Switching {
    /// Waits for it.
    ///
    /// # Errors
    /// What git said; the work tree is as before then, unless the hook `post-checkout` alone failed.
    pub fn end(self) -> Result<(), GitError> {
        self.0.checked().map(drop)
    }
}

/// A switch that is known before it is made: git is being asked about the files that it will write.
pub struct PreparedSwitch {
    from: Oid,
    to: Oid,
    few: Option<Few>,
}

impl Repo {
    /// Switches this work tree to a branch, changes kept as `git switch` does.
    ///
    /// # Errors
    /// What git said; the work tree is as before then, unless the hook `post-checkout` alone failed.
    pub fn switch(&self, branch: &str) -> Result<(), GitError> {
        let from = match self.head()? {
            Head::Branch { oid, .. } | Head::Detached { oid } => Some(oid),
            Head::Unborn { .. } => None,
        };
        let to = self.find_ref(&format!("refs/heads/{branch}"))?;
        match (from, to) {
            (Some(from), Some(to)) if !self.must_refuse(branch)? => {
                self.switch_prepared(branch, self.prepare_switch(&from, &to))
            }
            _ => self.begin_switch(branch)?.end(),
        }
    }

    /// Whether git may have reasons to say no that lie not in the files: another work tree has the branch,
    /// or rebases it, or the index holds conflicts.
    fn must_refuse(&self, branch: &str) -> Result<bool, GitError> {
        let unmerged = self.git().args(["ls-files", "-u", "-z"]).looking();
        let unmerged = unmerged.checked()?.stdout;
        let may_have_it = |tree: &Worktree| match &tree.branch {
            Some(name) => name == branch,
            None => !tree.bare && Some(tree.path.as_path()) != self.workdir(),
        };
        let is_taken = self.worktrees()?.iter().any(may_have_it);
        Ok(is_taken || nul_separated(&unmerged).next().is_some())
    }

    /// Begins to find out whether this work tree can go from one commit to another by the files alone in
    /// which they differ. What goes wrong is for git to say when the switch is made.
    pub fn prepare_switch(&self, from: &Oid, to: &Oid) -> PreparedSwitch {
        let top = self.workdir();
        PreparedSwitch {
            from: from.clone(),
            to: to.clone(),
            few: top.and_then(|top| self.few(top, from, to)),
        }
    }

    /// Switches this work tree to a branch that no other one has or rebases, as was prepared if that still
    /// holds. The index must be free of conflicts.
    ///
    /// # Errors
    /// What git said; the work tree is as before then, unless the hook `post-checkout` alone failed.
    pub fn switch_prepared(&self, branch: &str, prepared: PreparedSwitch) -> Result<(), GitError> {
        let head = self.head()?;
        let paths = match self.still_holds(branch, &head, &prepared)? {
            true => prepared.few.and_then(Few::writable),
            false => None,
        };
        let (from, to) = (&prepared.from, &prepared.to);
        let (Some(paths), Some(top)) = (paths, self.workdir()) else {
            return self.begin_switch(branch)?.end();
        };
        self.write_few(top, from, to, &paths)?;
        if let Err(error) = self.point_head(branch, &head) {
            // The first error is the one that counts.
            let _ = self.put_back(top, from, to, false);
            return Err(error);
        }
        self.run_post_checkout(from, to)
    }

    /// Nobody moved meanwhile, or has begun something: such as a commit that must not end up on the
    /// other branch.
    fn still_holds(
        &self,
        branch: &str,
        head: &Head,
        prepared: &PreparedSwitch,
    ) -> Result<bool, GitError> {
        let (Head::Branch { oid, .. } | Head::Detached { oid }) = head else {
            return Ok(false);
        };
        // The last three would wait for the next commit, on the other branch.
        let signs = ["index.lock", "SQUASH_MSG", "MERGE_MSG", "AUTO_MERGE"];
        let is_busy = signs.iter().any(|sign| self.git_dir.join(sign).exists());
        let there = self.find_ref(&format!("refs/heads/{branch}"))?;
        let is_there = *oid == prepared.from && there.as_ref() == Some(&prepared.to);
        Ok(is_there && !is_busy && self.under_way()?.is_none())
    }

    /// Moves HEAD as `git switch` does, with its line in the reflog.
    fn point_head(&self, branch: &str, from: &Head) -> Result<(), GitError> {
        let name = match from {
            Head::Branch { name, .. } | Head::Unborn { name } => name,
            Head::Detached { oid } => oid.as_str(),
        };
        let git = self.git().args(["symbolic-ref", "-m"]);
        let git = git.arg(format!("checkout: moving from {name} to {branch}"));
        let git = git.args(["HEAD", &format!("refs/heads/{branch}")]);
        git.checked().map(drop)
    }

    fn run_post_checkout(&self, from: &Oid, to: &Oid) -> Result<(), GitError> {
        let hook = ["hook", "run", "--ignore-missing", "post-checkout", "--"];
        let git = self
            .git()
            .args(hook)
            .args([from.as_str(), to.as_str(), "1"]);
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
    /// What git said; the work tree is as before then, unless the hook `post-checkout` alone failed.
    pub fn switch_detached(&self, commit: &Oid) -> Result<(), GitError> {
        let arguments = ["switch", "--quiet", "--detach", commit.as_str()];
        self.git().args(arguments).checked().map(drop)
    }
}
