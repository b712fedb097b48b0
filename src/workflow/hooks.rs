//! `hooks install|uninstall|status`: our hooks beside everybody else's.
//!
//! A shim in git's hooks folder hands on to this program. A hook that is there already is moved
//! aside, runs first, and comes back on removal.

use super::{Context, Error, Result};
use crate::files;
use crate::git::{ConfigEntry, ConfigScope};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The events we take part in.
pub const EVENTS: [&str; 3] = ["commit-msg", "prepare-commit-msg", "pre-push"];

/// A shim of another version is written anew.
const VERSION: u32 = 1;

/// How a foreign hook is called while ours stands in its place.
const ASIDE: &str = ".pre-git-hotfix";

/// What stands in an event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing.
    Missing,
    /// Our shim, as this version writes it.
    Installed,
    /// Our shim of another version, or for a program that stands elsewhere.
    Outdated,
    /// Somebody else's.
    Foreign,
}

/// One event's hook.
#[derive(Debug, Clone, Serialize)]
pub struct Hook {
    /// The event.
    pub event: &'static str,
    /// What stands in its place.
    pub state: State,
    /// A hook of somebody else runs first.
    pub chained: bool,
    /// git will run it.
    pub executable: bool,
}

/// The hooks folder and what is in it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// git's hooks folder.
    pub folder: PathBuf,
    /// Each event.
    pub hooks: Vec<Hook>,
    /// What was written or removed, by event.
    pub changed: Vec<&'static str>,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// What stands in each event's place.
///
/// # Errors
/// When git or a file cannot be read.
pub fn status(ctx: &Context<'_>) -> Result<Report> {
    refuse_switched_off(ctx)?;
    let folder = ctx.repo.hooks_dir()?;
    report(ctx, folder, Vec::new(), false)
}

/// Installs all hooks; what is installed already stays as it is.
///
/// # Errors
/// When the folder is not ours to write, or a foreign hook cannot be kept; nothing was changed then.
pub fn install(ctx: &Context<'_>, dry_run: bool) -> Result<Report> {
    let folder = writable_folder(ctx)?;
    let pending: Vec<(&'static str, State)> = EVENTS
        .iter()
        .map(|event| Ok((*event, state(ctx, &folder, event)?)))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .filter(|(_, state)| *state != State::Installed)
        .collect();
    for (event, state) in &pending {
        let aside = folder.join(format!("{event}{ASIDE}"));
        if *state == State::Foreign && files::exists(&aside) {
            return Err(Error::failed(format!(
                "{} is somebody else's hook, and {} is in the way of keeping it",
                folder.join(event).display(),
                aside.display()
            ))
            .untouched("Nothing was installed.")
            .next(format!(
                "Look at both; move {event}{ASIDE} away, then install again."
            )));
        }
    }
    if !dry_run {
        for (event, state) in &pending {
            write(ctx, &folder, event, *state)?;
        }
    }
    let changed = pending.into_iter().map(|(event, _)| event).collect();
    report(ctx, folder, changed, dry_run)
}

/// Removes our hooks and brings back those that were there before.
///
/// # Errors
/// When a file cannot be removed.
pub fn uninstall(ctx: &Context<'_>, dry_run: bool) -> Result<Report> {
    refuse_switched_off(ctx)?;
    let folder = ctx.repo.hooks_dir()?;
    let mut changed = Vec::new();
    for event in EVENTS {
        if matches!(state(ctx, &folder, event)?, State::Missing | State::Foreign) {
            continue;
        }
        changed.push(event);
        if dry_run {
            continue;
        }
        let place = folder.join(event);
        let aside = folder.join(format!("{event}{ASIDE}"));
        if files::exists(&aside) {
            files::rename(&aside, &place)?;
        } else {
            files::remove(&place)?;
        }
    }
    report(ctx, folder, changed, dry_run)
}

/// Installs the hooks when `start` meets a repository that has none there at all: nothing of anybody
/// is touched. Otherwise it says what to type.
pub fn install_when_unprepared(ctx: &Context<'_>) -> Vec<String> {
    if !ctx.settings.auto_hooks || stand_in_the_usual_place(ctx) {
        return Vec::new();
    }
    let hint = "the hooks are not installed: git hotfix hooks install";
    let Ok(folder) = writable_folder(ctx) else {
        ctx.warn(hint);
        return Vec::new();
    };
    let states = EVENTS.map(|event| state(ctx, &folder, event).unwrap_or(State::Foreign));
    if states
        .iter()
        .all(|state| matches!(state, State::Installed | State::Outdated))
    {
        return Vec::new();
    }
    if states.contains(&State::Foreign) {
        ctx.warn(hint);
        return Vec::new();
    }
    match install(ctx, false) {
        Ok(report) => report.changed.into_iter().map(str::to_owned).collect(),
        Err(error) => {
            ctx.warn(format!("{hint} ({})", error.message()));
            Vec::new()
        }
    }
}

/// `core.hooksPath`, where it is set.
fn hooks_path(ctx: &Context<'_>) -> Result<Option<ConfigEntry>> {
    let entries = ctx.repo.config_entries()?;
    let last = entries
        .iter()
        .rev()
        .find(|entry| entry.name == "core.hookspath");
    Ok(last.cloned())
}

/// An empty path or no folder at all: people switch hooks off so, and git itself may not even say
/// where they would be.
fn refuse_switched_off(ctx: &Context<'_>) -> Result<()> {
    match hooks_path(ctx)? {
        Some(entry) if matches!(entry.value.as_str(), "" | "/dev/null" | "NUL") => {
            let is = if entry.value.is_empty() {
                "empty"
            } else {
                &entry.value
            };
            let error = Error::refused(format!("core.hooksPath is {is}: git runs no hooks here"))
                .untouched("Nothing was changed.");
            Err(match entry.scope {
                // What `git -c` says is gone with the command.
                ConfigScope::Command => error,
                scope => error.next(format!("git config --{scope} --unset core.hooksPath")),
            })
        }
        _ => Ok(()),
    }
}

/// Whether all stand where git looks when nothing is configured. Only looked at, so that asking git
/// costs no process where there is nothing to do; what is written goes where git says.
fn stand_in_the_usual_place(ctx: &Context<'_>) -> bool {
    let folder = ctx.repo.common_dir().join("hooks");
    let ours = |event| {
        matches!(
            state(ctx, &folder, event),
            Ok(State::Installed | State::Outdated)
        )
    };
    matches!(hooks_path(ctx), Ok(None)) && EVENTS.into_iter().all(ours)
}

/// The folder, when it is this repository's own.
fn writable_folder(ctx: &Context<'_>) -> Result<PathBuf> {
    refuse_switched_off(ctx)?;
    let folder = ctx.repo.hooks_dir()?;
    if root(ctx, &folder).is_some() {
        return Ok(folder);
    }
    let scope = hooks_path(ctx)?.map_or(String::new(), |entry| format!(" ({})", entry.scope));
    let mut error = Error::refused(format!(
        "core.hooksPath{scope} points to {}, which is not this repository's own",
        folder.display()
    ))
    .untouched("Nothing was installed.")
    .next("Add these lines to the hooks there:");
    for event in EVENTS {
        error = error.next(format!("{event}:  git-hotfix hook {event} \"$@\" || exit"));
    }
    Err(error)
}

/// The git directory that the folder lies in.
fn root<'a>(ctx: &'a Context<'_>, folder: &Path) -> Option<&'a Path> {
    [ctx.repo.common_dir(), ctx.repo.git_dir()]
        .into_iter()
        .find(|root| folder.starts_with(root))
}

fn report(
    ctx: &Context<'_>,
    folder: PathBuf,
    changed: Vec<&'static str>,
    dry_run: bool,
) -> Result<Report> {
    let hooks = EVENTS.iter().map(|event| {
        let place = folder.join(event);
        Ok(Hook {
            event,
            state: state(ctx, &folder, event)?,
            chained: files::exists(&folder.join(format!("{event}{ASIDE}"))),
            executable: files::is_executable(&place),
        })
    });
    let hooks = hooks.collect::<Result<Vec<Hook>>>()?;
    Ok(Report {
        folder,
        hooks,
        changed,
        dry_run,
    })
}

fn state(ctx: &Context<'_>, folder: &Path, event: &str) -> Result<State> {
    let place = folder.join(event);
    if !files::exists(&place) {
        return Ok(State::Missing);
    }
    let bytes = files::read_bytes(&place, 1024 * 1024)?;
    let text = String::from_utf8_lossy(&bytes);
    if text == shim(ctx, event)? {
        return Ok(State::Installed);
    }
    let ours = text
        .lines()
        .nth(1)
        .is_some_and(|line| line.starts_with("# git-hotfix shim "));
    Ok(if ours {
        State::Outdated
    } else {
        State::Foreign
    })
}

fn write(ctx: &Context<'_>, folder: &Path, event: &str, state: State) -> Result<()> {
    let place = folder.join(event);
    if state == State::Foreign {
        files::rename(&place, &folder.join(format!("{event}{ASIDE}")))?;
    }
    let root = root(ctx, folder).unwrap_or(folder);
    files::write_atomic(root, &place, shim(ctx, event)?.as_bytes())?;
    files::make_executable(&place)?;
    Ok(())
}

fn shim(ctx: &Context<'_>, event: &str) -> Result<String> {
    let binary = ctx
        .env
        .current_exe()
        .map_err(|e| Error::failed(format!("this program: {e}")))?;
    let binary = binary.to_string_lossy().replace('\\', "/");
    Ok(script(&binary, &ctx.settings.prefix, event))
}

/// POSIX sh without any program but ours: a git client may run hooks without PATH.
///
/// The prefix may come from a tracked file: it is only ever a quoted text to the shell.
fn script(binary: &str, prefix: &str, event: &str) -> String {
    let binary = quoted(binary);
    let prefix = quoted(prefix);
    format!(
        r#"#!/bin/sh
# git-hotfix shim {VERSION} for {event}; 'git hotfix hooks uninstall' takes it away.
hook='{event}'
binary={binary}
[ "${{GIT_HOTFIX_HOOK-}}" = "$hook" ] && exit 0
chained="$0{ASIDE}"
[ -x "$binary" ] || binary=$(command -v git-hotfix) || binary=
if [ -n "$binary" ]; then
	if [ -x "$chained" ]; then
		exec "$binary" hook --chained "$chained" "$hook" "$@"
	fi
	exec "$binary" hook "$hook" "$@"
fi
if [ -x "$chained" ]; then
	GIT_HOTFIX_HOOK="$hook" "$chained" "$@" || exit
fi
case "$(git symbolic-ref -q --short HEAD)" in
{prefix}*)
	echo "hotfix: git-hotfix is gone, so the $hook hook cannot check this" >&2
	echo "Install it again, or remove the hook: $0" >&2
	exit 1 ;;
esac
echo "hotfix: git-hotfix is gone: the $hook hook did nothing" >&2
"#
    )
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::script;
    use std::process::Command;

    #[test]
    #[cfg_attr(not(unix), ignore = "it runs sh")]
    fn no_prefix_is_more_than_a_text_to_the_shell() {
        let folder = tempfile::TempDir::new().unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.current_dir(folder.path()).args(arguments);
            assert!(git.status().unwrap().success());
        };
        git(&["init", "-q"]);
        git(&["symbolic-ref", "HEAD", "refs/heads/fix/login"]);
        for (prefix, code) in [
            ("fix/", 1),
            ("'$(touch${IFS}ran)'/", 0),
            ("$(touch ran)/", 0),
            ("`touch ran`/", 0),
            ("x'*) touch ran;; '", 0),
            ("\"; touch ran; \"/", 0),
            ("fi?/", 0),
            ("*/", 0),
        ] {
            let shim = folder.path().join("shim");
            std::fs::write(&shim, script("/gone/git-hotfix", prefix, "pre-push")).unwrap();
            // Without our program on PATH, as when it was uninstalled.
            let git = Command::new("sh").args(["-c", "command -v git"]).output();
            let git = String::from_utf8(git.unwrap().stdout).unwrap();
            let path = std::path::Path::new(git.trim()).parent().unwrap();
            let mut sh = Command::new("/bin/sh");
            sh.arg(&shim).current_dir(folder.path()).env("PATH", path);
            let ran = sh.output().unwrap();
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(said.contains("git-hotfix is gone"), "{prefix}: {said}");
            assert_eq!(ran.status.code(), Some(code), "{prefix}: {said}");
            assert!(!folder.path().join("ran").exists(), "{prefix} was run");
        }
    }
}
