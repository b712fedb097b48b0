//! `config` mode: hooks in git's configuration, which git 2.54 and newer run beside hook files.
//!
//! `hook.<name>.command` and `hook.<name>.event`. An event without a command ends every commit with
//! 128, so the command is written first and the event removed first.

use super::shim::{self, Shim};
use super::{Context, Result};
use crate::env::Env;
use crate::git::{ConfigEntry, ConfigScope, Configuration};

/// git runs hooks of the configuration since then.
pub const SINCE: (u32, u32) = (2, 54);

/// A hook of the configuration that calls us for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Configured {
    /// The name between `hook.` and `.event`.
    pub(super) name: String,
    /// The level that names the event.
    pub(super) scope: ConfigScope,
    /// What is run; without it git refuses everything.
    pub(super) command: Option<String>,
    /// The setting by which it is switched off, and its level: its own, or the event's.
    pub(super) disabled: Option<(String, ConfigScope)>,
}

/// Our name for an event's hook.
pub(super) fn name(event: &str) -> String {
    format!("git-hotfix-{event}")
}

/// The hooks that call us for an event, in the order git runs them.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn find(git: &dyn Configuration, event: &str) -> Result<Vec<Configured>> {
    let entries = git.entries()?;
    let mut found: Vec<Configured> = Vec::new();
    for entry in entries.iter() {
        let Some(name) = entry.name.strip_prefix("hook.") else {
            continue;
        };
        let Some(name) = name.strip_suffix(".event") else {
            continue;
        };
        // An empty value forgets the events so far; one named again runs once, in its last place.
        if entry.value.is_empty() || entry.value == event {
            found.retain(|hook| hook.name != name);
        }
        if entry.value == event {
            found.push(Configured {
                name: name.to_owned(),
                scope: entry.scope,
                command: None,
                disabled: None,
            });
        }
    }
    for hook in &mut found {
        let last = |key: String| entries.iter().rev().find(move |entry| entry.name == key);
        let command = last(format!("hook.{}.command", hook.name));
        hook.command = command.map(|entry| entry.value.clone());
        let switches = [hook.name.as_str(), event].map(|name| format!("hook.{name}.enabled"));
        let mut off = switches.into_iter().filter_map(last).filter(|e| is_off(e));
        hook.disabled = off.next().map(|entry| (entry.name.clone(), entry.scope));
    }
    found.retain(|hook| {
        let calls = |command: &String| super::managers::calls(command, event);
        hook.name == name(event) || hook.command.as_ref().is_some_and(calls)
    });
    Ok(found)
}

fn is_off(entry: &ConfigEntry) -> bool {
    let off = ["false", "no", "off", "0"];
    off.iter().any(|off| entry.value.eq_ignore_ascii_case(off))
}

/// What stands in the configuration of a level for an event, as this version writes it.
pub(super) struct Entry {
    scope: ConfigScope,
    event: &'static str,
    command: String,
}

impl Entry {
    /// At a level of a repository.
    ///
    /// # Errors
    /// When this program's path is not known, or the configuration cannot be read.
    pub(super) fn at(ctx: &Context<'_>, scope: ConfigScope, event: &'static str) -> Result<Entry> {
        match scope {
            ConfigScope::Global => Entry::everywhere(ctx.env, &ctx.repo, event),
            _ => Entry::new(ctx.env, scope, &ctx.settings.prefix, event),
        }
    }

    /// For all repositories: one repository's own prefix says nothing about the others.
    ///
    /// # Errors
    /// As for [`Entry::at`].
    pub(super) fn everywhere(
        env: &Env,
        git: &dyn Configuration,
        event: &'static str,
    ) -> Result<Entry> {
        let entries = git.entries()?;
        let set = entries.iter().rev().find(|entry| {
            entry.name == "hotfix.prefix"
                && matches!(entry.scope, ConfigScope::System | ConfigScope::Global)
        });
        let prefix = set.map_or("hotfix/", |entry| entry.value.as_str());
        Entry::new(env, ConfigScope::Global, prefix, event)
    }

    fn new(env: &Env, scope: ConfigScope, prefix: &str, event: &'static str) -> Result<Entry> {
        let shim = Shim {
            binary: &shim::binary(env)?,
            prefix,
            event,
        };
        Ok(Entry {
            scope,
            event,
            command: shim.command(),
        })
    }

    fn key(&self, key: &str) -> String {
        format!("hook.{}.{key}", name(self.event))
    }

    /// Whether it stands so already.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub(super) fn is_current(&self, git: &dyn Configuration) -> Result<bool> {
        let entries = git.entries()?;
        let mut here = entries.iter().filter(|entry| entry.scope == self.scope);
        let has = |key: &str, value: &str| {
            let key = self.key(key);
            here.clone()
                .any(|entry| entry.name == key && entry.value == value)
        };
        let stands = has("command", &self.command) && has("event", self.event);
        let enabled = self.key("enabled");
        Ok(stands && !here.any(|entry| entry.name == enabled && is_off(entry)))
    }

    /// Writes it.
    ///
    /// # Errors
    /// When git refuses to write.
    pub(super) fn write(&self, git: &dyn Configuration) -> Result<()> {
        git.set_at(self.scope, &self.key("command"), &self.command)?;
        git.unset_at(self.scope, &self.key("enabled"))?;
        git.set_at(self.scope, &self.key("event"), self.event)?;
        Ok(())
    }
}

/// git runs hooks of the configuration.
pub(super) fn is_run_by(git: (u32, u32, u32)) -> bool {
    (git.0, git.1) >= SINCE
}

/// Whether anything of ours stands at a level for an event.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn stands(git: &dyn Configuration, scope: ConfigScope, event: &str) -> Result<bool> {
    let section = format!("hook.{}.", name(event));
    let entries = git.entries()?;
    let stands = entries
        .iter()
        .any(|entry| entry.scope == scope && entry.name.starts_with(&section));
    Ok(stands)
}

/// Removes an event's hook from a level, where one stands.
///
/// # Errors
/// When git refuses to write.
pub(super) fn remove(git: &dyn Configuration, scope: ConfigScope, event: &str) -> Result<()> {
    if !stands(git, scope, event)? {
        return Ok(());
    }
    let section = format!("hook.{}", name(event));
    for key in ["event", "command", "enabled"] {
        git.unset_at(scope, &format!("{section}.{key}"))?;
    }
    Ok(())
}
