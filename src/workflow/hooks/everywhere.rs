//! The hooks for all of a person's repositories, from outside of any.

use super::config::{self, Entry};
use super::{EVENTS, Hook, Install, Mode, Report, Result, State, install, status};
use crate::env::Env;
use crate::git::{ConfigScope, Everywhere, GitError, Repo};

const SCOPE: ConfigScope = ConfigScope::Global;

/// There is no repository around the current folder.
pub fn is_outside(env: &Env) -> bool {
    matches!(Repo::discover(&env.cwd), Err(GitError::NoRepository(_)))
}

/// Writes them into the configuration of all repositories; what stands already stays as it is.
///
/// # Errors
/// When another mode is asked for, git is too old, or it refuses to write.
pub fn install_everywhere(env: &Env, asked: &Install) -> Result<Report> {
    if !matches!(asked.mode, None | Some(Mode::Config)) {
        return Err(install::only_config());
    }
    let git = Everywhere::of(&env.cwd);
    let version = git.version()?;
    if !config::is_run_by(version) {
        return Err(install::too_old(version).next("In each repository: git hotfix hooks install"));
    }
    let mut changed = Vec::new();
    for event in EVENTS {
        let entry = Entry::everywhere(env, &git, event)?;
        if entry.is_current(&git)? {
            continue;
        }
        changed.push(event);
        if !asked.dry_run {
            entry.write(&git)?;
        }
    }
    report(&git, changed, asked.dry_run)
}

/// Takes them away again.
///
/// # Errors
/// When git refuses to write.
pub fn uninstall_everywhere(env: &Env, dry_run: bool) -> Result<Report> {
    let git = Everywhere::of(&env.cwd);
    let mut changed = Vec::new();
    for event in EVENTS {
        if config::stands(&git, SCOPE, event)? {
            changed.push(event);
            if !dry_run {
                config::remove(&git, SCOPE, event)?;
            }
        }
    }
    report(&git, changed, dry_run)
}

fn report(git: &Everywhere, changed: Vec<&'static str>, dry_run: bool) -> Result<Report> {
    let version @ (major, minor, patch) = git.version()?;
    let hook = |event: &&'static str| {
        let callers = status::by_config(git, config::is_run_by(version), event)?;
        Ok(Hook {
            event,
            state: State::Missing,
            chained: false,
            executable: false,
            callers,
        })
    };
    let hooks = EVENTS.iter().map(hook).collect::<Result<Vec<Hook>>>()?;
    let mut callers = hooks.iter().flat_map(|hook| &hook.callers);
    let mode = callers.next().map(|caller| caller.mode);
    Ok(Report {
        folder: None,
        writable: false,
        git: format!("{major}.{minor}.{patch}"),
        mode,
        hooks,
        managers: Vec::new(),
        problems: Vec::new(),
        snippets: Vec::new(),
        changed,
        left: None,
        dry_run,
    })
}
