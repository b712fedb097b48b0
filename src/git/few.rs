//! A work tree goes from one commit to another by the files in which they differ alone.
//!
//! `git switch` and `git read-tree` look at every file first. Where few differ and what they are is
//! plain, looking at those is enough; in all other cases git's own commands serve.

use super::between::{Looking, fit_in_a_line};
use super::differing::{Differing, bytes_of};
use super::process::PATHSPECS;
use super::{GitError, Oid, Repo};
use std::path::{Path, PathBuf};

/// The few files in which two commits differ, being looked at in a work tree.
pub(super) struct Few(Looking);

impl Few {
    /// Waits for the look: the files to be written. Nothing where one is not as in the first commit: git
    /// must find out then what that means.
    pub(super) fn writable(self) -> Option<Vec<PathBuf>> {
        let seen = self.0.end().ok()?;
        let paths = seen
            .into_iter()
            .map(|seen| seen.is_before().then_some(seen.file.path));
        paths.collect()
    }
}

impl Repo {
    /// Begins to look at the files in which two commits differ; nothing where they are not few, or
    /// where more than their bytes counts.
    pub(super) fn few(&self, top: &Path, from: &Oid, to: &Oid) -> Option<Few> {
        let files = self.differing(from, to).ok()?;
        let are_few = fit_in_a_line(files.iter().map(|file| &file.path));
        let are_plain = are_few && !files.iter().any(is_special);
        if !are_plain || (!files.is_empty() && !self.is_plain_at(top, &files)) {
            return None;
        }
        self.look_at(top, files).ok().map(Few)
    }

    /// A sparse checkout leaves files out; a partial clone fetches them, and git does it in one go; where
    /// upper and lower case are one, a file may stand under another name.
    fn is_plain_at(&self, top: &Path, files: &[Differing]) -> bool {
        let there = match self.workdir() == Some(top) {
            true => None,
            false => Some(self.at(top)),
        };
        let repo = match &there {
            None => self,
            Some(Ok(there)) => there,
            Some(Err(_)) => return false,
        };
        // It is told to this process, not to the work tree.
        let has_other_index = there.is_none() && crate::env::var("GIT_INDEX_FILE").is_some();
        let are_ascii = files.iter().all(|file| bytes_of(&file.path).is_ascii());
        let names_stay = files
            .iter()
            .all(|file| file.before.is_some() && file.after.is_some());
        let is_on = |name: &str| repo.is_on(name).unwrap_or(true);
        !has_other_index
            && !is_on("core.sparseCheckout")
            && !repo.is_partial()
            && (names_stay || !is_on("core.ignoreCase"))
            && (are_ascii || !is_on("core.precomposeUnicode"))
    }

    /// Writes files as they are in the second commit; when that fails half-way, the first one's are put
    /// back as far as can be.
    pub(super) fn write_few(
        &self,
        top: &Path,
        from: &Oid,
        to: &Oid,
        paths: &[PathBuf],
    ) -> Result<(), GitError> {
        let written = self.write_files(top, to, paths);
        if written.is_err() {
            // The first error is the one that counts.
            let _ = self.put_back(top, from, to, false);
        }
        written
    }

    /// Writes these files, and their entries in the index, as a commit has them.
    pub(super) fn write_files(
        &self,
        top: &Path,
        to: &Oid,
        paths: &[PathBuf],
    ) -> Result<(), GitError> {
        if paths.is_empty() {
            return Ok(());
        }
        let mut input = Vec::new();
        for path in paths {
            input.extend(bytes_of(path));
            input.push(0);
        }
        // It would tell the `post-checkout` hook that the person took single files.
        let git = self.git_at(top).without(&PATHSPECS);
        let git = git.config("core.hooksPath=/dev/null");
        let git = git.args(["--literal-pathspecs", "restore", "--quiet"]);
        let git = git.args(["--staged", "--worktree", &format!("--source={to}")]);
        let git = git.args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
        git.input(input).checked().map(drop)
    }
}

/// Neither a link nor a submodule, nor what tells git how to write other files.
fn is_special(file: &Differing) -> bool {
    let entries = file.before.iter().chain(&file.after);
    let rules = [".gitattributes", ".gitmodules"];
    let is_rule = |name: &std::ffi::OsStr| rules.iter().any(|rule| name == *rule);
    entries.into_iter().any(|entry| !entry.is_file()) || file.path.file_name().is_some_and(is_rule)
}
