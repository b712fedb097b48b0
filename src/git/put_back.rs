//! A move from one commit to another that was stopped, taken back.

use super::between::{Place, Seen, in_lines};
use super::differing::{Differing, Entry};
use super::{GitError, Oid, Repo, raw};
use std::path::{Path, PathBuf};

impl Repo {
    /// Takes back what a move between two commits had brought into a work tree when it was stopped: files
    /// that are as in the second commit, begun, or gone for a moment. Which; with `only_look` they stay.
    ///
    /// # Errors
    /// What git said, or when a file cannot be removed.
    pub fn put_back(
        &self,
        top: &Path,
        from: &Oid,
        to: &Oid,
        only_look: bool,
    ) -> Result<Vec<PathBuf>, GitError> {
        let mut found = Vec::new();
        for files in in_lines(self.differing(from, to)?) {
            let mut restored = Vec::new();
            for seen in self.look_at(top, files)?.end()? {
                if !self.was_brought(top, &seen)? {
                    continue;
                }
                let path = seen.file.path;
                found.push(path.clone());
                match seen.entry.is_some() || seen.file.before.is_some() {
                    _ if only_look => {}
                    true => restored.push(path),
                    false => {
                        let path = top.join(path);
                        let removed = std::fs::remove_file(&path);
                        removed.map_err(raw::io_failed(format!("removing {}", path.display())))?;
                    }
                }
            }
            self.write_files(top, from, &restored)?;
        }
        Ok(found)
    }

    fn was_brought(&self, top: &Path, seen: &Seen) -> Result<bool, GitError> {
        let Differing { before, after, .. } = &seen.file;
        if seen.is_as(before) {
            return Ok(false);
        }
        if seen.is_as(after) {
            // Where names differ by case alone, the file is another one's.
            return Ok(seen.entry.is_some()
                || before.is_some()
                || !self.is_on("core.ignoreCase")?);
        }
        if seen.entry != *before && seen.entry != *after {
            return Ok(false);
        }
        Ok(match (seen.place, before, after) {
            // git takes a file away before it writes the new one.
            (Some(Place::Nothing), Some(_), _) => true,
            (Some(Place::File), None, Some(after)) => {
                !self.is_on("core.ignoreCase")? && self.holds(top, seen, after, true)?
            }
            (Some(Place::File), Some(before), Some(after)) => {
                // The last: a write that failed leaves the old file under the new entry.
                self.holds(top, seen, after, true)? || self.holds(top, seen, before, false)?
            }
            _ => false,
        })
    }

    /// Whether a file holds a blob, or only its first bytes. (git makes a new file and then fills it.)
    fn holds(
        &self,
        top: &Path,
        seen: &Seen,
        blob: &Entry,
        or_begins: bool,
    ) -> Result<bool, GitError> {
        let path = top.join(&seen.file.path);
        let reading = || raw::io_failed(format!("reading {}", path.display()));
        let held = std::fs::read(&path).map_err(reading())?;
        let whole = self.blob(&blob.id)?.unwrap_or_default();
        if held == whole || (or_begins && whole.starts_with(&held)) {
            return Ok(true);
        }
        // A filter stands between the two.
        let hash = self.git_at(top).args(["hash-object", "--path"]);
        let hash = hash.arg(&seen.file.path).arg("--").arg(&seen.file.path);
        Ok(hash.looking().text()? == blob.id.as_str())
    }
}
