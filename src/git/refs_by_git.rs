//! Refs through the `git` program: a reftable, and transactions.

use super::{Expect, GitError, Head, Oid, RefUpdate, Repo, raw, refs, repo};

impl Repo {
    pub(super) fn head_by_git(&self) -> Result<Head, GitError> {
        // One process in the common case; an unborn branch fails and is asked for by name.
        let both = self
            .git()
            .args(["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"])
            .parsed()
            .output()?;
        let text = String::from_utf8_lossy(&both.stdout);
        let mut lines = text.lines();
        match (both.code, lines.next(), lines.next()) {
            (0, Some(id), Some("HEAD") | None) => Ok(Head::Detached {
                oid: raw::parse_id(id)?,
            }),
            (0, Some(id), Some(full)) => Ok(Head::Branch {
                name: repo::branch_name(full),
                oid: raw::parse_id(id)?,
            }),
            _ => {
                let git = self.git().args(["symbolic-ref", "HEAD"]);
                let full = git.parsed().text()?;
                Ok(Head::Unborn {
                    name: repo::branch_name(&full),
                })
            }
        }
    }

    pub(super) fn find_ref_by_git(&self, name: &str) -> Result<Option<Oid>, GitError> {
        let git = self
            .git()
            .args(["show-ref", "--verify", "--hash", "--", name]);
        let called = git.name();
        let output = git.parsed().output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.code {
            0 => {
                let printed = String::from_utf8_lossy(&output.stdout);
                raw::parse_id(printed.trim_end()).map(Some)
            }
            _ if said.contains("not a valid ref") => Ok(None),
            _ => Err(output.failed(called)),
        }
    }

    pub(super) fn symbolic_target_by_git(&self, name: &str) -> Result<Option<String>, GitError> {
        let git = self.git().args(["symbolic-ref", "--quiet", "--", name]);
        let called = git.name();
        let output = git.parsed().output()?;
        match output.code {
            0 => Ok(Some(
                String::from_utf8_lossy(&output.stdout)
                    .trim_end()
                    .to_owned(),
            )),
            1 => Ok(None),
            _ => Err(output.failed(called)),
        }
    }

    pub(super) fn list_refs_by_git(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
        let listed = self
            .git()
            .args([
                "for-each-ref",
                "--format=%(objectname) %(refname)",
                "--",
                prefix,
            ])
            .parsed()
            .text()?;
        let mut refs = Vec::new();
        for line in listed.lines() {
            if let Some((id, name)) = line.split_once(' ') {
                refs.push((name.to_owned(), raw::parse_id(id)?));
            }
        }
        refs.sort();
        Ok(refs)
    }

    /// Moves all refs or none, old values checked and reflogs written.
    ///
    /// # Errors
    /// [`GitError::Raced`] when one is not what it should be; nothing has moved then.
    pub fn update_refs(&self, updates: &[RefUpdate], reason: &str) -> Result<(), GitError> {
        if updates.is_empty() {
            return Ok(());
        }
        let patience = refs::LOCK_PATIENCE.as_millis();
        let git = self
            .git()
            .config(format!("core.filesRefLockTimeout={patience}"))
            .config(format!("reftable.lockTimeout={patience}"))
            .args(["update-ref", "-z", "-m", reason, "--stdin"])
            .input(self.transaction(updates))
            .parsed();
        let called = git.name();
        let output = git.output()?;
        match output.code {
            0 => Ok(()),
            _ => Err(raced(&String::from_utf8_lossy(&output.stderr), updates)
                .unwrap_or_else(|| output.failed(called))),
        }
    }

    fn transaction(&self, updates: &[RefUpdate]) -> Vec<u8> {
        let zero = self.zero().to_string();
        let mut lines = String::from("start\0");
        for RefUpdate { name, old, new } in updates {
            let old = match old {
                Expect::Absent => zero.as_str(),
                Expect::Is(old) => old.as_str(),
            };
            // A NUL ends a field, and no name has one: a strange name is git's to refuse.
            let name = name.replace('\0', "?");
            lines.push_str(&match new {
                Some(new) => format!("update {name}\0{new}\0{old}\0"),
                None if old == zero => format!("verify {name}\0{old}\0"),
                None => format!("delete {name}\0{old}\0"),
            });
        }
        lines.push_str("prepare\0commit\0");
        lines.into_bytes()
    }
}

/// What git says when a ref is not what it had to be; all of it before anything moved.
fn raced(said: &str, updates: &[RefUpdate]) -> Option<GitError> {
    let signs = [
        "reference already exists",
        "but expected",
        "unable to resolve reference",
        "reference is missing",
    ];
    if !signs.iter().any(|sign| said.contains(sign)) {
        return None;
    }
    let named = |update: &&RefUpdate| said.contains(&format!("'{}'", update.name));
    let update = updates.iter().find(named).or(updates.first())?;
    Some(GitError::Raced {
        name: update.name.clone(),
    })
}
