//! Ancestry and ranges of commits.

use super::{CommitInfo, GitError, Oid, Repo, raw};
use git2::{ErrorCode, Sort};

/// A commit with the files it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFiles {
    /// The commit.
    pub commit: CommitInfo,
    /// Paths, bytes that are not UTF-8 replaced; none for a merge.
    pub files: Vec<String>,
}

impl Repo {
    /// `ancestor` is `commit` or comes before it.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn contains(&self, commit: &Oid, ancestor: &Oid) -> Result<bool, GitError> {
        if commit == ancestor {
            return Ok(true);
        }
        self.inner
            .graph_descendant_of(raw::to_raw(commit)?, raw::to_raw(ancestor)?)
            .map_err(raw::failed(format!("looking for {ancestor} in {commit}")))
    }

    /// The best common ancestor.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn merge_base(&self, a: &Oid, b: &Oid) -> Result<Option<Oid>, GitError> {
        // "No common ancestor" and "no such commit" are the same code.
        self.raw_commit(a)?;
        self.raw_commit(b)?;
        match self.inner.merge_base(raw::to_raw(a)?, raw::to_raw(b)?) {
            Ok(base) => raw::from_raw(base).map(Some),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(raw::failed(format!("finding where {a} and {b} part"))(
                error,
            )),
        }
    }

    /// The commits reachable from `include` and not from `exclude`, oldest first, at most `limit`
    /// (0: all). With a limit it is the newest that are given, as with `git log -n`.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn range(
        &self,
        exclude: &[Oid],
        include: &[Oid],
        limit: usize,
    ) -> Result<Vec<CommitInfo>, GitError> {
        let walk = || -> Result<Vec<git2::Oid>, git2::Error> {
            let mut walk = self.inner.revwalk()?;
            walk.set_sorting(Sort::TOPOLOGICAL)?;
            for id in include {
                walk.push(raw_id(id)?)?;
            }
            for id in exclude {
                walk.hide(raw_id(id)?)?;
            }
            let limit = if limit == 0 { usize::MAX } else { limit };
            walk.take(limit).collect()
        };
        let ids = walk().map_err(raw::failed("walking the history"))?;
        ids.into_iter()
            .rev()
            .map(|id| self.commit(&raw::from_raw(id)?))
            .collect()
    }

    /// A branch's own commits, newest first: what came in by a merge is left out.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn mainline(&self, tip: &Oid, limit: usize) -> Result<Vec<CommitInfo>, GitError> {
        let walk = || -> Result<Vec<git2::Oid>, git2::Error> {
            let mut walk = self.inner.revwalk()?;
            walk.simplify_first_parent()?;
            walk.push(raw_id(tip)?)?;
            walk.take(limit).collect()
        };
        let ids = walk().map_err(raw::failed("walking the history"))?;
        ids.into_iter()
            .map(|id| self.commit(&raw::from_raw(id)?))
            .collect()
    }

    /// The merges that a branch has had since a commit, newest first.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn merges_on(&self, tip: &Oid, since: &Oid) -> Result<Vec<CommitInfo>, GitError> {
        let listed = self
            .git()
            .args(["rev-list", "--first-parent", "--merges", tip.as_str()])
            .args([&format!("^{since}"), "--"])
            .looking()
            .text()?;
        let ids = listed.lines().map(raw::parse_id);
        ids.map(|id| self.commit(&id?)).collect()
    }

    /// The commit a local branch was made at, as its reflog says; nothing without one.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn began_at(&self, branch: &str) -> Result<Option<Oid>, GitError> {
        let listed = self
            .git()
            .args(["rev-list", "--walk-reflogs"])
            .arg(format!("refs/heads/{branch}"))
            .arg("--")
            .looking()
            .text()?;
        listed.lines().last().map(raw::parse_id).transpose()
    }

    /// The commits reachable from `tip` that no remote-tracking branch (of `remote`, or of any)
    /// has, oldest first.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn not_on_remote(
        &self,
        tip: &Oid,
        remote: Option<&str>,
    ) -> Result<Vec<CommitInfo>, GitError> {
        let remotes = match remote {
            Some(remote) => format!("--remotes={remote}"),
            None => "--remotes".to_owned(),
        };
        let listed = self
            .git()
            .args([
                "rev-list",
                "--topo-order",
                "--reverse",
                tip.as_str(),
                "--not",
            ])
            .arg(remotes)
            .arg("--")
            .parsed()
            .text()?;
        listed
            .lines()
            .map(|id| self.commit(&raw::parse_id(id)?))
            .collect()
    }

    /// The commits of a range with the files each changed, newest first, at most `limit`.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn range_with_files(
        &self,
        exclude: &Oid,
        include: &Oid,
        limit: usize,
    ) -> Result<Vec<ChangedFiles>, GitError> {
        let output = self
            .git()
            .args([
                "log",
                "-z",
                "--no-renames",
                "--name-only",
                "--format=%x01%H",
            ])
            .arg(format!("--max-count={limit}"))
            .args([include.as_str(), &format!("^{exclude}"), "--"])
            .looking()
            .checked()?;
        let mut commits: Vec<ChangedFiles> = Vec::new();
        for part in output.stdout.split(|byte| *byte == 0) {
            let part = String::from_utf8_lossy(part);
            match (
                part.strip_prefix('\u{1}').and_then(Oid::from_hex),
                commits.last_mut(),
            ) {
                (Some(id), _) => commits.push(ChangedFiles {
                    commit: self.commit(&id)?,
                    files: Vec::new(),
                }),
                (None, Some(last)) => {
                    // git parts the first path from the commit's line.
                    let path = match last.files.is_empty() {
                        true => part.strip_prefix('\n').unwrap_or(&part),
                        false => &part,
                    };
                    if !path.is_empty() {
                        last.files.push(path.to_owned());
                    }
                }
                (None, None) => {}
            }
        }
        Ok(commits)
    }

    /// The commits whose parents were left at the remote: where a shallow clone ends.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn shallow_ends(&self) -> Result<Vec<Oid>, GitError> {
        match std::fs::read_to_string(self.common_dir.join("shallow")) {
            Ok(text) => Ok(text.lines().filter_map(Oid::from_hex).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(raw::io_failed("reading where the clone ends")(error)),
        }
    }

    /// How many commits `tip` has that `base` has not.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn ahead(&self, tip: &Oid, base: &Oid) -> Result<usize, GitError> {
        self.inner
            .graph_ahead_behind(raw::to_raw(tip)?, raw::to_raw(base)?)
            .map(|(ahead, _)| ahead)
            .map_err(raw::failed(format!("counting from {base} to {tip}")))
    }
}

fn raw_id(id: &Oid) -> Result<git2::Oid, git2::Error> {
    raw::to_raw(id).map_err(|error| git2::Error::from_str(&error.to_string()))
}
