//! Where the settings come from.

use super::{Code, Error, Result, production};
use crate::config::{self, ConfigError, Settings, Sources};
use crate::env::Env;
use crate::files;
use crate::git::{Oid, Repo};

/// The team's policy, at the top of the work tree.
pub const FILE: &str = ".hotfix.toml";

/// A policy file has a few dozen lines; a larger one is a mistake.
const LIMIT: u64 = 256 * 1024;

/// Reads every layer.
///
/// # Errors
/// When a layer cannot be read, or holds a value that cannot be used.
pub fn load(env: &Env, repo: &Repo) -> Result<Settings> {
    let file = file(env, repo)?;
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
    let (file, unreadable) = match file(env, repo) {
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

/// That a setting is what people want it to be: nothing that may hold it is amiss.
///
/// # Errors
/// When its value, or a text that may set it, cannot be used.
pub fn be_sure_of(env: &Env, repo: &Repo, setting: &str) -> Result<()> {
    let (_, errors) = load_leniently(env, repo)?;
    let concerns = |error: &Error| {
        let refused = error.source.downcast_ref::<ConfigError>();
        let about = refused.and_then(|refused| refused.setting);
        about.is_none_or(|about| about == setting)
    };
    match errors.into_iter().find(concerns) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// As [`load_leniently`], by the policy that a commit holds instead of the one in the work tree: a
/// change under review does not choose what it is judged by.
///
/// # Errors
/// When git's configuration or the commit cannot be read.
pub fn load_of_commit(env: &Env, repo: &Repo, commit: &Oid) -> Result<(Settings, Vec<Error>)> {
    let file = file_of_commit(repo, commit)?;
    with_sources(env, repo, file.as_deref(), |sources| {
        let (settings, refused) = config::load_leniently(sources)?;
        Ok((settings, refused.into_iter().map(Error::from).collect()))
    })
}

/// The policy in the work tree; in a bare repository the one that is in production.
fn file(env: &Env, repo: &Repo) -> Result<Option<String>> {
    match repo.workdir() {
        Some(top) => Ok(files::read_text(top, &top.join(FILE), LIMIT)?),
        None => match in_production(env, repo)? {
            Some(tip) => file_of_commit(repo, &tip),
            None => Ok(None),
        },
    }
}

fn file_of_commit(repo: &Repo, commit: &Oid) -> Result<Option<String>> {
    let Some((_, bytes)) = repo.file_at(commit, FILE)? else {
        return Ok(None);
    };
    if bytes.len() as u64 > LIMIT {
        let short = commit.short();
        return Err(
            Error::failed(format!("{FILE} in {short} is too large to be a policy"))
                .code(Code::Setting),
        );
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(
            Error::failed(format!("{FILE} in {} is not text", commit.short())).code(Code::Setting),
        ),
    }
}

/// The tip of a bare repository's production branch, by all that is known without its policy.
fn in_production(env: &Env, repo: &Repo) -> Result<Option<Oid>> {
    let (settings, _) = with_sources(env, repo, None, |sources| {
        Ok(config::load_leniently(sources)?)
    })?;
    match production::of_bare(repo, &settings)? {
        Some(branch) => Ok(repo.find_ref(&format!("refs/heads/{branch}"))?),
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
