//! Refs, whichever format keeps them.
//!
//! libgit2 serves the files format, `git` itself a reftable and every transaction of several refs.

use super::{Expect, GitError, Oid, RefUpdate, Repo, packed, raw};
use git2::ErrorCode;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long another process's lock is waited for; git holds one for milliseconds.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// Whether a branch is of a pattern, in which `*` stands for any characters, `/` among them, as for
/// `git ls-remote`.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

impl Repo {
    /// Where a ref points, symbolic ones followed; tags are not peeled.
    ///
    /// # Errors
    /// When the ref store cannot be read.
    pub fn find_ref(&self, name: &str) -> Result<Option<Oid>, GitError> {
        if self.by_git() {
            return self.find_ref_by_git(name);
        }
        if let Some(found) = self.plain_ref(name)? {
            return Ok(found);
        }
        match self.inner.refname_to_id(name) {
            Ok(id) => raw::from_raw(id).map(Some),
            // No ref can have such a name.
            Err(error) if error.code() == ErrorCode::InvalidSpec => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(raw::failed(format!("reading {name}"))(error)),
        }
    }

    /// The ref a symbolic ref names, e.g. `refs/remotes/origin/HEAD`.
    ///
    /// # Errors
    /// When the ref store cannot be read.
    pub fn symbolic_target(&self, name: &str) -> Result<Option<String>, GitError> {
        if self.by_git() {
            return self.symbolic_target_by_git(name);
        }
        // Such a ref is never packed.
        if packed::is_plain(name) {
            let file = std::fs::read_to_string(self.common_dir.join(name));
            match file {
                Ok(text) => {
                    let target = text.strip_prefix("ref: ");
                    return Ok(target.map(|target| target.trim().to_owned()));
                }
                Err(error) if packed::is_absent(&error) => return Ok(None),
                Err(_) => {}
            }
        }
        let reading = || raw::failed(format!("reading {name}"));
        match self.inner.find_reference(name) {
            Ok(found) => {
                let target = found.symbolic_target().map_err(reading())?;
                Ok(target.map(str::to_owned))
            }
            Err(error) if error.code() == ErrorCode::InvalidSpec => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(reading()(error)),
        }
    }

    /// The refs below a prefix that ends with `/`, by full name, in order.
    ///
    /// # Errors
    /// When the ref store cannot be read.
    pub fn list_refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
        if self.by_git() {
            return self.list_refs_by_git(prefix);
        }
        if let Some(refs) = self.plain_refs(prefix)? {
            return Ok(refs);
        }
        let listing = || raw::failed(format!("listing {prefix}"));
        let found = self.inner.references_glob(&format!("{prefix}*"));
        let mut refs = Vec::new();
        for entry in found.map_err(listing())? {
            let entry = entry.map_err(listing())?;
            // A name that is not UTF-8 is none of ours, and one that points nowhere is no ref.
            let Ok(name) = entry.name() else { continue };
            let target = entry
                .target()
                .or_else(|| entry.resolve().ok().and_then(|end| end.target()));
            if let Some(id) = target {
                refs.push((name.to_owned(), raw::from_raw(id)?));
            }
        }
        refs.sort();
        Ok(refs)
    }

    /// The refs below a folder (`refs/heads/`) whose names there are of one of the patterns: those
    /// names, in order. Other branches are not read where a pattern begins with a folder.
    ///
    /// # Errors
    /// When the ref store cannot be read.
    pub fn list_matching(
        &self,
        folder: &str,
        patterns: &[String],
    ) -> Result<Vec<(String, Oid)>, GitError> {
        let mut found = BTreeMap::new();
        for pattern in patterns {
            let Some(star) = pattern.find('*') else {
                let id = self.find_ref(&format!("{folder}{pattern}"))?;
                found.extend(id.map(|id| (pattern.clone(), id)));
                continue;
            };
            let below = pattern[..star].rfind('/').map_or(0, |slash| slash + 1);
            for (name, id) in self.list_refs(&format!("{folder}{}", &pattern[..below]))? {
                let name = &name[folder.len()..];
                if matches(pattern, name) {
                    found.insert(name.to_owned(), id);
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Moves one ref if it still is what it should be, without starting a process where possible: a
    /// reftable and a deletion need git, and many packed refs leave it to git. (libgit2 reads
    /// `packed-refs` before it locks that file, so deleting beside a `git pack-refs` could bring another
    /// ref back to an old value.)
    ///
    /// # Errors
    /// [`GitError::Raced`] when it is not; nothing has moved then.
    pub fn update_ref(&self, update: &RefUpdate, reason: &str) -> Result<(), GitError> {
        match &update.new {
            Some(new) if !self.by_git() && !self.has_many_packed() => {
                self.set_ref(update, new, reason)
            }
            _ => self.update_refs(std::slice::from_ref(update), reason),
        }
    }

    fn set_ref(&self, update: &RefUpdate, new: &Oid, reason: &str) -> Result<(), GitError> {
        let name = &update.name;
        let new = raw::to_raw(new)?;
        // Zero stands for "absent" and is compared under the ref's lock. Creation without force
        // would look before it locks, and two creators could both succeed.
        let old = match &update.old {
            Expect::Absent => self.zero(),
            Expect::Is(old) => raw::to_raw(old)?,
        };
        let start = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            let outcome = self.inner.reference_matching(name, new, true, old, reason);
            let Err(error) = outcome else { return Ok(()) };
            match error.code() {
                ErrorCode::Locked if start.elapsed() < LOCK_PATIENCE => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
                ErrorCode::Locked => return Err(self.still_locked(name)),
                ErrorCode::Modified => return Err(GitError::Raced { name: name.clone() }),
                // Expected somewhere, found nowhere.
                ErrorCode::NotFound => return Err(GitError::Raced { name: name.clone() }),
                _ => return Err(raw::failed(format!("moving {name}"))(error)),
            }
        }
    }

    fn still_locked(&self, name: &str) -> GitError {
        let lock = self.common_dir.join(format!("{name}.lock"));
        GitError::Libgit2 {
            doing: format!("locking {name}"),
            message: format!("'{}' exists", lock.display()),
        }
    }
}
