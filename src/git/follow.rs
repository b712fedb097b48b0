//! A work tree that follows its branch when that was moved.

use super::process::{Git, nul_separated};
use super::{GitError, Oid, Repo};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Repo {
    /// Whether the work tree at `path` could follow its branch from one commit to another without
    /// touching what the person changed; the files in the way when not.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn can_follow(&self, path: &Path, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
        if self.writable_few(path, from, to).is_some() {
            return Ok(Vec::new());
        }
        self.refresh(path)?;
        let trial = self.two_trees(path, from, to, true);
        let called = trial.name();
        let outcome = trial.parsed().output()?;
        if outcome.code == 0 {
            return Ok(Vec::new());
        }
        let files = self.in_the_way(path, from, to)?;
        match files.is_empty() {
            // It fails for a reason that no file explains, e.g. an unfinished merge.
            true => Err(outcome.failed(called)),
            false => Ok(files),
        }
    }

    /// What both the person and the move change, and what stands where a new file goes.
    fn in_the_way(&self, path: &Path, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
        let names = |arguments: &[&str]| -> Result<BTreeSet<String>, GitError> {
            let git = self.git_at(path).args(arguments).looking();
            let output = git.checked()?;
            Ok(nul_separated(&output.stdout).collect())
        };
        let (from, to) = (from.as_str(), to.as_str());
        let moved = names(&[
            "diff-tree",
            "-r",
            "-z",
            "--name-only",
            "--no-renames",
            from,
            to,
        ])?;
        let mut mine = names(&["diff-files", "-z", "--name-only"])?;
        mine.extend(names(&[
            "diff-index",
            "--cached",
            "-z",
            "--name-only",
            from,
            "--",
        ])?);
        let tracked = names(&["ls-files", "-z"])?;
        let stands = |name: &&String| {
            !tracked.contains(*name)
                && match path.join(name).symlink_metadata() {
                    Ok(_) => true,
                    // A file stands where a folder on the way should be.
                    Err(error) => error.kind() == std::io::ErrorKind::NotADirectory,
                }
        };
        Ok(moved
            .iter()
            .filter(|name| mine.contains(*name) || stands(name))
            .cloned()
            .collect())
    }

    /// Brings the index and the files at `path` from one commit to another, as a fast-forward does.
    ///
    /// # Errors
    /// What git said; the work tree is as before then.
    pub fn follow(&self, path: &Path, from: &Oid, to: &Oid) -> Result<(), GitError> {
        if let Some(paths) = self.writable_few(path, from, to) {
            return self.write_few(path, from, to, &paths);
        }
        self.refresh(path)?;
        self.two_trees(path, from, to, false).checked().map(drop)
    }

    fn writable_few(&self, path: &Path, from: &Oid, to: &Oid) -> Option<Vec<PathBuf>> {
        self.few(path, from, to)?.writable()
    }

    /// A file that was only touched is not a changed one; `read-tree` believes the index in that.
    fn refresh(&self, path: &Path) -> Result<(), GitError> {
        let git = self.git_at(path).args(["update-index", "-q", "--refresh"]);
        // Exit code 1 says that some files did change.
        git.output().map(drop)
    }

    fn two_trees(&self, path: &Path, from: &Oid, to: &Oid, trial: bool) -> Git {
        let git = self.git_at(path).args(["read-tree", "-m", "-u"]);
        let git = if trial { git.arg("-n") } else { git };
        git.args([from.as_str(), to.as_str()])
    }
}
