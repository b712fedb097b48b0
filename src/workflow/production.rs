//! What is really in production: the branch, the remote, and the commit.

use super::{Code, Context, Error, ErrorKind, Result, lock_advice};
use crate::config::Settings;
use crate::git::network::Call;
use crate::git::{GitError, Head, Oid, Repo};
use crate::record::when;
use chrono::{DateTime, Utc};

/// Names production branches go by when nothing says which it is.
const USUAL: [&str; 3] = ["main", "master", "trunk"];

/// The production branch and where it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Production {
    /// The branch without `refs/heads/`.
    pub branch: String,
    /// The remote that has it.
    pub remote: Option<String>,
}

impl Production {
    /// The ref by which this repository knows the remote's branch.
    pub fn tracking(&self) -> Option<String> {
        self.remote
            .as_ref()
            .map(|remote| tracking(remote, &self.branch))
    }
}

/// The remote-tracking ref of a branch.
pub fn tracking(remote: &str, branch: &str) -> String {
    format!("refs/remotes/{remote}/{branch}")
}

/// The production branch: configured, gitflow's, the remote's default branch, or a usual name.
///
/// # Errors
/// A usage error when nothing tells which it is.
pub fn find(ctx: &Context<'_>) -> Result<Production> {
    let remote = remote(ctx)?;
    let own = of_bare(&ctx.repo, &ctx.settings)?.filter(|_| remote.is_none());
    let branch = match own.or_else(|| ctx.settings.production.clone()) {
        Some(branch) => Some(branch),
        None => match default_branch(ctx, remote.as_deref()).map_err(unread)? {
            Some(branch) => Some(branch),
            None => usual_branch(ctx, remote.as_deref())?,
        },
    };
    let branch = branch.ok_or_else(|| {
        Error::usage("nothing says which branch is in production")
            .code(Code::NoProduction)
            .untouched("Nothing was changed.")
            .next("Say it once: git config hotfix.production <branch>")
            .next("Or start from a commit: git hotfix start … --from <revision>")
    })?;
    Ok(Production { branch, remote })
}

/// A ref that cannot be read need not be asked.
fn unread(error: Error) -> Error {
    error
        .untouched("Nothing was changed.")
        .next("Say it once: git config hotfix.production <branch>")
}

/// As [`find`], but nothing where nothing tells.
///
/// # Errors
/// When what could tell cannot be read: who guards production must not take that for none.
pub fn find_any(ctx: &Context<'_>) -> Result<Option<Production>> {
    match find(ctx) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code == Code::NoProduction => Ok(None),
        Err(error) => Err(error),
    }
}

/// As [`find`], for who can do without: nothing where nothing tells, and what cannot be read is only
/// warned of.
pub fn known(ctx: &Context<'_>) -> Option<Production> {
    or_nothing(ctx, find(ctx))
}

/// As [`tip`] of the production branch, for who can do without.
pub fn known_tip(ctx: &Context<'_>) -> Option<(Oid, String)> {
    let production = known(ctx)?;
    or_nothing(ctx, tip(ctx, &production))
}

fn or_nothing<T>(ctx: &Context<'_>, found: Result<T>) -> Option<T> {
    let is_failure = |error: &Error| error.kind == ErrorKind::Failed;
    if let Some(error) = found.as_ref().err().filter(|error| is_failure(error)) {
        ctx.warn(format!("production is not known: {}", error.message()));
    }
    found.ok()
}

/// The production branch of a bare repository: configured, or the branch that its HEAD names, which is
/// what a server gives those who clone it.
///
/// # Errors
/// When HEAD cannot be read.
pub fn of_bare(repo: &Repo, settings: &Settings) -> Result<Option<String>> {
    if repo.workdir().is_some() || settings.production.is_some() {
        return Ok(settings.production.clone());
    }
    match repo.head()? {
        Head::Branch { name, .. } if !name.starts_with(&settings.prefix) => Ok(Some(name)),
        // Nobody has pushed the branch that it names: another one, or not yet.
        Head::Unborn { name } => {
            for usual in USUAL {
                if repo.find_ref(&format!("refs/heads/{usual}"))?.is_some() {
                    return Ok(Some(usual.to_owned()));
                }
            }
            Ok(Some(name).filter(|name| !name.starts_with(&settings.prefix)))
        }
        _ => Ok(None),
    }
}

/// The remote to work with: configured, else `origin`, else the only one.
///
/// # Errors
/// When the configuration cannot be read.
pub fn remote(ctx: &Context<'_>) -> Result<Option<String>> {
    if let Some(remote) = &ctx.settings.remote {
        return Ok(Some(remote.clone()));
    }
    let mut remotes = ctx.repo.remotes()?;
    if let Some(production) = &ctx.settings.production
        && let Some(remote) = ctx
            .repo
            .config_value(&format!("branch.{production}.remote"))?
        && remotes.contains(&remote)
    {
        return Ok(Some(remote));
    }
    if remotes.iter().any(|name| name == "origin") {
        return Ok(Some("origin".to_owned()));
    }
    Ok(if remotes.len() == 1 {
        remotes.pop()
    } else {
        None
    })
}

fn default_branch(ctx: &Context<'_>, remote: Option<&str>) -> Result<Option<String>> {
    let Some(remote) = remote else {
        return Ok(None);
    };
    let prefix = format!("refs/remotes/{remote}/");
    let target = ctx.repo.symbolic_target(&format!("{prefix}HEAD"))?;
    let name = target.and_then(|target| target.strip_prefix(&prefix).map(str::to_owned));
    // A clone made while the remote's HEAD was on a hotfix branch remembers that one.
    Ok(name.filter(|name| !name.starts_with(&ctx.settings.prefix)))
}

fn usual_branch(ctx: &Context<'_>, remote: Option<&str>) -> Result<Option<String>> {
    let known = |name: &str| -> Result<bool> {
        let there = match remote {
            Some(remote) => ctx.repo.find_ref(&tracking(remote, name))?.is_some(),
            None => false,
        };
        Ok(there || ctx.repo.find_ref(&format!("refs/heads/{name}"))?.is_some())
    };
    let configured = ctx.repo.config_value("init.defaultbranch")?;
    for name in configured.iter().map(String::as_str).chain(USUAL) {
        if known(name)? {
            return Ok(Some(name.to_owned()));
        }
    }
    let is_seen_whole = match remote {
        Some(remote) => !follows_few(ctx, remote)?,
        None => true,
    };
    Ok(match ctx.repo.head()? {
        Head::Branch { name, .. } if is_seen_whole && !name.starts_with(&ctx.settings.prefix) => {
            Some(name)
        }
        _ => None,
    })
}

/// A clone of some branches alone (`clone --single-branch -b develop`) has not seen production among
/// the others that there are: the one that is checked out is not it for want of any.
fn follows_few(ctx: &Context<'_>, remote: &str) -> Result<bool> {
    let key = format!("remote.{remote}.fetch");
    let entries = ctx.repo.config_entries()?;
    let mut refspecs = entries.iter().filter(|entry| entry.name == key).peekable();
    Ok(refspecs.peek().is_some() && refspecs.all(|entry| !entry.value.contains('*')))
}

/// Fetches the production branch within the limit; a failure is warned of with the age of our copy.
pub fn refresh(ctx: &Context<'_>, remote: &str, branch: &str) {
    let refspec = format!("+refs/heads/{branch}:{}", tracking(remote, branch));
    asking(ctx, remote, |call| ctx.repo.fetch(call, &[refspec]));
}

/// As [`track`]; a failure is warned of with the age of our copy.
pub fn try_track(ctx: &Context<'_>, remote: &str, branches: &[String], tags: bool) {
    asking(ctx, remote, |call| ctx.repo.track(call, branches, tags));
}

/// Brings what we know of the remote's branches up to date within the limit.
///
/// # Errors
/// When the remote does not answer or refuses.
pub fn track(ctx: &Context<'_>, remote: &str, branches: &[String], tags: bool) -> Answer {
    limited(ctx, remote, |call| ctx.repo.track(call, branches, tags))
}

/// What comes of asking a remote.
type Answer = std::result::Result<(), GitError>;

fn asking(ctx: &Context<'_>, remote: &str, ask: impl FnOnce(&Call<'_>) -> Answer) {
    // A fetch that fails forgets when the last good one was.
    let last = ctx.repo.last_fetch();
    if let Err(error) = limited(ctx, remote, ask) {
        let age = match last {
            Some(at) => format!("its copy from {} ago", when::span(ctx.env.now() - at)),
            None => match last_commit(ctx) {
                Some(at) => {
                    let age = when::span(ctx.env.now() - at);
                    format!("the copy there is, whose last commit is {age} old")
                }
                None => "the copy there is".to_owned(),
            },
        };
        ctx.warn(format!("{}; going on with {age}", why(remote, &error)));
    }
}

/// A fresh clone has fetched nothing yet: what it got is as old as production's last commit at most.
fn last_commit(ctx: &Context<'_>) -> Option<DateTime<Utc>> {
    let tracking = known(ctx)?.tracking()?;
    let tip = ctx.repo.find_ref(&tracking).ok()??;
    let commits = ctx.repo.mainline(&tip, 1).ok()?;
    commits.first().map(|commit| commit.committed)
}

fn limited(ctx: &Context<'_>, remote: &str, ask: impl FnOnce(&Call<'_>) -> Answer) -> Answer {
    let what = format!("fetching from {remote}");
    let waiting = || ctx.progress.waiting(&what);
    ask(&Call {
        remote,
        limit: ctx.settings.timeout,
        waiting: &waiting,
        env: &[],
    })
}

/// A remote's failure in one line.
pub fn why(remote: &str, error: &GitError) -> String {
    if let Some(advice) = lock_advice(error) {
        return advice;
    }
    match error {
        GitError::TimedOut { seconds, .. } => {
            format!("{remote} did not answer within {seconds} s")
        }
        GitError::Failed { stderr, .. } => {
            let line = stderr
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("no reason");
            format!(
                "{remote} could not be reached ({})",
                line.trim_start_matches("fatal: ")
            )
        }
        other => format!("{remote} could not be reached ({other})"),
    }
}

/// The commit in production, and the words for where it was taken from.
///
/// # Errors
/// A usage error when the branch is nowhere.
pub fn tip(ctx: &Context<'_>, production: &Production) -> Result<(Oid, String)> {
    let Production { branch, remote } = production;
    if let Some(remote) = remote
        && let Some(oid) = ctx.repo.find_ref(&tracking(remote, branch))?
    {
        return Ok((oid, format!("{remote}/{branch}")));
    }
    if let Some(oid) = ctx.repo.find_ref(&format!("refs/heads/{branch}"))? {
        return Ok((oid, branch.clone()));
    }
    Err(Error::usage(format!(
        "the production branch {branch} is not in this repository"
    ))
    .code(Code::NoProduction)
    .untouched("Nothing was changed.")
    .next("Name another: git config hotfix.production <branch>")
    .next("Or start from a commit: git hotfix start … --from <revision>"))
}
