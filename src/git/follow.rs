//! A work tree that follows its branch when that was moved.

use super::process::{Git, nul_separated};
use super::{GitError, Oid, Repo};
use std::collections::BTreeSet;
use std::path::Path;

impl Repo {
    /// Whether the work tree at `path` could follow its branch from one commit to another without
    /// touching what the person changed; the files in the way when not.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn can_follow(&self, path: &Path, from: &Oid, to: &Oid) -> Result<Vec<String>, GitError> {
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

    /// Of these files those that are not tracked at `path` and are there already, byte for byte, what a
    /// commit has: a switch that was killed leaves such.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn already_as_in(
        &self,
        path: &Path,
        commit: &Oid,
        files: &[String],
    ) -> Result<Vec<String>, GitError> {
        let mut same = Vec::new();
        let Ok(top) = path.canonicalize() else {
            return Ok(same);
        };
        // No link leads to it.
        let stands = |file: &&String| {
            let whole = top.join(file);
            whole.is_file() && whole.canonicalize().is_ok_and(|real| real == whole)
        };
        for file in files.iter().filter(stands) {
            let Some((blob, _)) = self.file_at(commit, file)? else {
                continue;
            };
            let listed = ["--literal-pathspecs", "ls-files", "-z", "--", file];
            let tracked = self.git_at(path).args(listed).looking().checked()?;
            // As it would be committed: through the filters that its path has.
            let hash = ["hash-object", "--path", file, "--", file];
            let is_it = self.git_at(path).args(hash).looking().text()? == blob.as_str();
            if tracked.stdout.is_empty() && is_it {
                same.push(file.clone());
            }
        }
        Ok(same)
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
        self.refresh(path)?;
        self.two_trees(path, from, to, false).checked().map(drop)
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
