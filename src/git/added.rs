//! The files that one commit has more than another.

use super::process::nul_separated;
use super::{GitError, Oid, Repo, raw};
use git2::{ErrorCode, ObjectType, Tree};
use std::path::{Path, PathBuf};

impl Repo {
    /// The files that are in one commit and were not in the one before, below the top.
    ///
    /// # Errors
    /// When the object database cannot be read.
    pub fn added_files(&self, from: &Oid, to: &Oid) -> Result<Vec<PathBuf>, GitError> {
        let (old, new) = (self.raw_commit(from)?, self.raw_commit(to)?);
        let mut added = Vec::new();
        let mut compare = || {
            let (old, new) = (old.tree()?, new.tree()?);
            self.compare(Some(&old), &new, Path::new(""), &mut added)
        };
        match compare() {
            Ok(()) => Ok(added),
            // What libgit2 has not got git fetches in one go.
            Err(error) if error.code() == ErrorCode::NotFound && self.is_partial() => {
                self.added_files_by_git(from, to)
            }
            Err(error) => Err(raw::failed(format!("comparing {from} and {to}"))(error)),
        }
    }

    /// Only what differs is read. (libgit2's own comparison reads every folder of both.)
    fn compare(
        &self,
        old: Option<&Tree<'_>>,
        new: &Tree<'_>,
        folder: &Path,
        added: &mut Vec<PathBuf>,
    ) -> Result<(), git2::Error> {
        if old.is_some_and(|old| old.id() == new.id()) {
            return Ok(());
        }
        for entry in new {
            let was = old.and_then(|old| old.get_name_bytes(entry.name_bytes()));
            if was.as_ref().is_some_and(|was| was.id() == entry.id()) {
                continue;
            }
            let was_folder = was.as_ref().map(|was| was.kind() == Some(ObjectType::Tree));
            let path = folder.join(name_of(entry.name_bytes()));
            if entry.kind() == Some(ObjectType::Tree) {
                let old = match (&was, was_folder) {
                    (Some(was), Some(true)) => Some(self.inner.find_tree(was.id())?),
                    _ => None,
                };
                let new = self.inner.find_tree(entry.id())?;
                self.compare(old.as_ref(), &new, &path, added)?;
            } else if was_folder != Some(false) {
                added.push(path);
            }
        }
        Ok(())
    }

    fn added_files_by_git(&self, from: &Oid, to: &Oid) -> Result<Vec<PathBuf>, GitError> {
        let git = self.git().args(["diff-tree", "-r", "-z", "--no-renames"]);
        let git = git.args(["--diff-filter=A", "--name-only", from.as_str(), to.as_str()]);
        let output = git.looking().checked()?;
        Ok(nul_separated(&output.stdout).map(PathBuf::from).collect())
    }
}

#[cfg(unix)]
fn name_of(bytes: &[u8]) -> PathBuf {
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    PathBuf::from(name)
}

#[cfg(not(unix))]
fn name_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
