//! `config` mode: hooks in git's configuration, which git 2.54 and newer run beside hook files.
//!
//! `hook.<name>.command` and `hook.<name>.event`. An event without a command ends every commit with
//! 128, so the command is written first and the event removed first.

use super::shim::{self, Shim};
use super::{Context, Result};
use crate::git::{ConfigEntry, ConfigScope};

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
pub(super) fn find(ctx: &Context<'_>, event: &str) -> Result<Vec<Configured>> {
    let entries = ctx.repo.config_entries()?;
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

/// Whether the configuration of a level holds an event's hook as this version writes it.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn is_current(ctx: &Context<'_>, scope: ConfigScope, event: &str) -> Result<bool> {
    let wanted = command(ctx, scope, event)?;
    let switch = format!("hook.{}.enabled", name(event));
    let own = find(ctx, event)?.into_iter().any(|hook| {
        hook.name == name(event)
            && hook.scope == scope
            // The event's own switch is not ours to turn.
            && !matches!(&hook.disabled, Some((key, _)) if *key == switch)
            && hook.command.as_ref() == Some(&wanted)
    });
    Ok(own)
}

/// Whether anything of ours stands at a level for an event.
///
/// # Errors
/// When the configuration cannot be read.
pub(super) fn stands(ctx: &Context<'_>, scope: ConfigScope, event: &str) -> Result<bool> {
    let section = format!("hook.{}.", name(event));
    let entries = ctx.repo.config_entries()?;
    let stands = entries
        .iter()
        .any(|entry| entry.scope == scope && entry.name.starts_with(&section));
    Ok(stands)
}

/// Writes an event's hook at a level.
///
/// # Errors
/// When git refuses to write.
pub(super) fn write(ctx: &Context<'_>, scope: ConfigScope, event: &str) -> Result<()> {
    let section = format!("hook.{}", name(event));
    let command = command(ctx, scope, event)?;
    let repo = &ctx.repo;
    repo.set_config_at(scope, &format!("{section}.command"), &command)?;
    repo.unset_config_at(scope, &format!("{section}.enabled"))?;
    repo.set_config_at(scope, &format!("{section}.event"), event)?;
    Ok(())
}

/// Removes an event's hook from a level, where one stands.
///
/// # Errors
/// When git refuses to write.
pub(super) fn remove(ctx: &Context<'_>, scope: ConfigScope, event: &str) -> Result<()> {
    if !stands(ctx, scope, event)? {
        return Ok(());
    }
    let section = format!("hook.{}", name(event));
    for key in ["event", "command", "enabled"] {
        ctx.repo
            .unset_config_at(scope, &format!("{section}.{key}"))?;
    }
    Ok(())
}

fn command(ctx: &Context<'_>, scope: ConfigScope, event: &str) -> Result<String> {
    let prefix = match scope {
        ConfigScope::Global => everywhere(ctx)?,
        _ => ctx.settings.prefix.clone(),
    };
    let shim = Shim {
        binary: &shim::binary(ctx)?,
        prefix: &prefix,
        event,
    };
    Ok(shim.command())
}

/// The prefix for all repositories: one repository's own setting says nothing about the others.
fn everywhere(ctx: &Context<'_>) -> Result<String> {
    let entries = ctx.repo.config_entries()?;
    let set = entries.iter().rev().find(|entry| {
        entry.name == "hotfix.prefix"
            && matches!(entry.scope, ConfigScope::System | ConfigScope::Global)
    });
    Ok(set.map_or_else(|| "hotfix/".to_owned(), |entry| entry.value.clone()))
}
