//! git's configuration.
//!
//! libgit2 reads the files, and the environment tells what `git -c` gave. What neither can see (other
//! files by name, conditions that libgit2 does not know) is asked from git itself.

use super::process::nul_separated;
use super::process::{self, Git};
use super::{ConfigEntry, ConfigScope, GitError, Repo, raw, told};
use git2::{ConfigLevel, ErrorCode};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What reads and writes git's configuration: a repository, or git outside of any.
pub trait Configuration {
    /// Every value, lowest level first.
    ///
    /// # Errors
    /// When a file of the configuration cannot be parsed.
    fn entries(&self) -> Result<Rc<[ConfigEntry]>, GitError>;

    /// Sets a value at a scope, in place of all that stand there.
    ///
    /// # Errors
    /// When git refuses, e.g. without a home.
    fn set_at(&self, scope: ConfigScope, name: &str, value: &str) -> Result<(), GitError>;

    /// Removes all values of a key at a scope; a missing one is fine.
    ///
    /// # Errors
    /// When git refuses.
    fn unset_at(&self, scope: ConfigScope, name: &str) -> Result<(), GitError>;
}

/// git's configuration outside of any repository: the system's and the person's.
#[derive(Debug)]
pub struct Everywhere {
    folder: PathBuf,
}

impl Everywhere {
    /// As git started in a folder sees it.
    pub fn of(folder: &Path) -> Everywhere {
        let folder = folder.to_owned();
        Everywhere { folder }
    }

    /// The version of the `git` program: major, minor, patch.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn version(&self) -> Result<(u32, u32, u32), GitError> {
        process::version(&self.folder)
    }
}

impl Configuration for Everywhere {
    fn entries(&self) -> Result<Rc<[ConfigEntry]>, GitError> {
        list(Git::new(&self.folder)).map(Rc::from)
    }

    fn set_at(&self, scope: ConfigScope, name: &str, value: &str) -> Result<(), GitError> {
        set(Git::new(&self.folder), scope, name, value)
    }

    fn unset_at(&self, scope: ConfigScope, name: &str) -> Result<(), GitError> {
        unset(Git::new(&self.folder), scope, name)
    }
}

impl Configuration for Repo {
    fn entries(&self) -> Result<Rc<[ConfigEntry]>, GitError> {
        self.config_entries()
    }

    fn set_at(&self, scope: ConfigScope, name: &str, value: &str) -> Result<(), GitError> {
        set(self.git(), scope, name, value)?;
        self.forget_config();
        Ok(())
    }

    fn unset_at(&self, scope: ConfigScope, name: &str) -> Result<(), GitError> {
        let unset = unset(self.git(), scope, name);
        self.forget_config();
        unset
    }
}

fn list(git: Git) -> Result<Vec<ConfigEntry>, GitError> {
    let git = git.args(["config", "--list", "--show-scope", "-z"]);
    let output = git.looking().checked()?;
    Ok(parse_list(&output.stdout))
}

fn set(git: Git, scope: ConfigScope, name: &str, value: &str) -> Result<(), GitError> {
    let scope = format!("--{scope}");
    git.args(["config", &scope, "--replace-all", name, value])
        .checked()?;
    Ok(())
}

fn unset(git: Git, scope: ConfigScope, name: &str) -> Result<(), GitError> {
    let scope = format!("--{scope}");
    let git = git.args(["config", &scope, "--unset-all", name]);
    let command = git.name();
    let output = git.output()?;
    match output.code {
        // 5: there is no such key.
        0 | 5 => Ok(()),
        _ => Err(output.failed(command)),
    }
}

impl Repo {
    /// Every value, lowest level first, in the order git reads them; read once.
    ///
    /// # Errors
    /// When a file of the configuration cannot be parsed.
    pub fn config_entries(&self) -> Result<Rc<[ConfigEntry]>, GitError> {
        if let Some(entries) = self.config.borrow().as_ref() {
            return Ok(Rc::clone(entries));
        }
        let var =
            |name: &str| crate::env::var(name).map(|value| value.to_string_lossy().into_owned());
        let entries = match told::told(&var) {
            Some(told) => self.entries_of_files(told)?,
            None => self.entries_by_git()?,
        };
        let entries: Rc<[ConfigEntry]> = entries.into();
        self.config.replace(Some(Rc::clone(&entries)));
        Ok(entries)
    }

    /// What the files say, and last what was told beside them; git is asked when they hold conditions
    /// that libgit2 passes over: `hasconfig:` always, `onbranch:` where it cannot read HEAD.
    fn entries_of_files(&self, told: Vec<ConfigEntry>) -> Result<Vec<ConfigEntry>, GitError> {
        let read = || -> Result<Vec<(i32, ConfigEntry)>, git2::Error> {
            let config = self.inner.config()?;
            let mut entries = Vec::new();
            let mut found = config.entries(None)?;
            while let Some(entry) = found.next() {
                let entry = entry?;
                let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                let scope = scope(entry.level());
                let value = value_of(entry);
                entries.push((entry.level() as i32, ConfigEntry { name, value, scope }));
            }
            Ok(entries)
        };
        let mut entries = read().map_err(raw::failed("reading the configuration"))?;
        let unread = |(_, entry): &(i32, ConfigEntry)| {
            entry.name.starts_with("includeif.hasconfig:")
                || entry.name.starts_with("includeif.onbranch:") && self.by_git()
        };
        if entries.iter().any(unread) {
            return self.entries_by_git();
        }
        // libgit2 gives the levels in an order of its own, within a level the file's.
        entries.sort_by_key(|(level, _)| *level);
        let entries = entries.into_iter().map(|(_, entry)| entry);
        Ok(entries.chain(told).collect())
    }

    /// The value that counts for a key.
    ///
    /// # Errors
    /// As for [`Repo::config_entries`].
    pub fn config_value(&self, name: &str) -> Result<Option<String>, GitError> {
        let name = normal(name);
        let entries = self.config_entries()?;
        let last = entries.iter().rev().find(|entry| entry.name == name);
        Ok(last.map(|entry| entry.value.clone()))
    }

    /// Sets a value in the repository's own configuration, which all its work trees share.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_config(&self, name: &str, value: &str) -> Result<(), GitError> {
        let set = || self.local_config()?.set_str(name, value);
        set().map_err(raw::failed(format!("setting {name}")))?;
        self.forget_config();
        Ok(())
    }

    /// Removes a value from the repository's own configuration; a missing one is fine.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn unset_config(&self, name: &str) -> Result<(), GitError> {
        let remove = || self.local_config()?.remove_multivar(name, ".*");
        match remove() {
            Err(error) if error.code() != ErrorCode::NotFound => {
                Err(raw::failed(format!("removing {name}"))(error))
            }
            _ => {
                self.forget_config();
                Ok(())
            }
        }
    }

    /// Removes what is set for a branch that is gone, as `git branch -d` does, and what git-flow notes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_branch_config(&self, branch: &str) -> Result<(), GitError> {
        let sections = [
            format!("branch.{branch}."),
            format!("gitflow.branch.{branch}."),
        ];
        for entry in self.config_entries()?.iter() {
            let is_its_own = sections.iter().any(|section| {
                entry
                    .name
                    .strip_prefix(section)
                    .is_some_and(|key| !key.contains('.'))
            });
            if is_its_own {
                self.unset_config(&entry.name)?;
            }
        }
        Ok(())
    }

    /// The names of the remotes.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let mut names: Vec<String> = self
            .config_entries()?
            .iter()
            .filter_map(|entry| {
                let rest = entry.name.strip_prefix("remote.")?;
                let (name, key) = rest.rsplit_once('.')?;
                matches!(key, "url" | "pushurl").then(|| name.to_owned())
            })
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The address that a push to a remote goes to, rewritten as `url.*.insteadOf` says; nothing when
    /// it has none. It may hold a password or a token.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn push_address(&self, remote: &str) -> Result<Option<String>, GitError> {
        let git = self
            .git()
            .args(["remote", "get-url", "--push", "--", remote]);
        let output = git.looking().output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let first = text.lines().next().filter(|_| output.code == 0);
        Ok(first.map(str::to_owned))
    }

    fn local_config(&self) -> Result<git2::Config, git2::Error> {
        self.inner.config()?.open_level(ConfigLevel::Local)
    }

    fn forget_config(&self) {
        self.config.replace(None);
    }

    fn entries_by_git(&self) -> Result<Vec<ConfigEntry>, GitError> {
        list(self.git())
    }
}

/// `scope NUL name LF value NUL`; a key without `=` has no line break.
pub(super) fn parse_list(printed: &[u8]) -> Vec<ConfigEntry> {
    let mut parts = nul_separated(printed);
    let mut entries = Vec::new();
    while let (Some(scope), Some(pair)) = (parts.next(), parts.next()) {
        let (name, value) = match pair.split_once('\n') {
            Some((name, value)) => (name, value),
            None => (pair.as_str(), "true"),
        };
        entries.push(ConfigEntry {
            name: name.to_owned(),
            value: value.to_owned(),
            scope: match scope.as_str() {
                "system" => ConfigScope::System,
                "global" => ConfigScope::Global,
                "local" => ConfigScope::Local,
                "worktree" => ConfigScope::Worktree,
                _ => ConfigScope::Command,
            },
        });
    }
    entries
}

fn scope(level: ConfigLevel) -> ConfigScope {
    match level {
        ConfigLevel::ProgramData | ConfigLevel::System => ConfigScope::System,
        ConfigLevel::XDG | ConfigLevel::Global => ConfigScope::Global,
        ConfigLevel::Local => ConfigScope::Local,
        ConfigLevel::Worktree => ConfigScope::Worktree,
        _ => ConfigScope::Command,
    }
}

fn value_of(entry: &git2::ConfigEntry<'_>) -> String {
    match entry.has_value() {
        true => String::from_utf8_lossy(entry.value_bytes()).into_owned(),
        false => "true".to_owned(),
    }
}

/// Section and name are without case, a subsection between them is not.
pub(super) fn normal(name: &str) -> String {
    match (name.split_once('.'), name.rsplit_once('.')) {
        (Some((section, _)), Some((front, key))) => {
            let middle = &front[section.len()..];
            format!("{}{middle}.{}", section.to_lowercase(), key.to_lowercase())
        }
        _ => name.to_lowercase(),
    }
}
