//! Where the settings come from.

use super::{Error, Result};
use crate::config::{self, Settings, Sources};
use crate::env::Env;
use crate::files;
use crate::git::Repo;

/// The team's policy, at the top of the work tree.
pub const FILE: &str = ".hotfix.toml";

/// A policy file has a few dozen lines; a larger one is a mistake.
const LIMIT: u64 = 256 * 1024;

/// Reads every layer.
///
/// # Errors
/// When a layer cannot be read, or holds a value that cannot be used.
pub fn load(env: &Env, repo: &Repo) -> Result<Settings> {
    let file = file(repo)?;
    with_sources(env, repo, file.as_deref(), |sources| {
        config::load(sources).map_err(Error::from)
    })
}

/// The settings with the defaults for what cannot be used, and why it cannot.
///
/// For hooks, which stand before every commit and push of a repository, and for what must go on in
/// an incident: a mistake in a setting must not stop either.
///
/// # Errors
/// When git's configuration cannot be read.
pub fn load_leniently(env: &Env, repo: &Repo) -> Result<(Settings, Vec<Error>)> {
    let (file, unreadable) = match file(repo) {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    with_sources(env, repo, file.as_deref(), |sources| {
        let (settings, refused) = config::load_leniently(sources)?;
        let errors = unreadable.into_iter();
        let errors = errors.chain(refused.into_iter().map(Error::from));
        Ok((settings, errors.collect()))
    })
}

fn file(repo: &Repo) -> Result<Option<String>> {
    match repo.workdir() {
        Some(top) => Ok(files::read_text(top, &top.join(FILE), LIMIT)?),
        None => Ok(None),
    }
}

fn with_sources<T>(
    env: &Env,
    repo: &Repo,
    file: Option<&str>,
    load: impl FnOnce(&Sources<'_>) -> Result<T>,
) -> Result<T> {
    let git = repo.config_entries()?;
    let remotes = repo.remotes()?;
    load(&Sources {
        file,
        git: &git,
        environment: &env.vars,
        remotes: &remotes,
    })
}
