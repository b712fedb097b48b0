//! `doctor`: whether everything an incident needs is in order, before there is one.
//!
//! Everything is tried: what cannot be asked is a finding of its own and hides nothing else.

mod machine;
mod remote;
mod repository;
mod tracker;

use super::{Context, Error, Progress};
use crate::env::Env;
use crate::git::Repo;
use serde::Serialize;

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Worth mending; nothing fails by it.
    Warn,
    /// Something an incident needs does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it is about: `git`, `program`, `repository`, …
    pub about: &'static str,
    /// How it stands.
    pub health: Health,
    /// What was found, in one line.
    pub message: String,
    /// The command that mends it.
    pub remedy: Option<String>,
}

impl Check {
    fn ok(about: &'static str, message: impl Into<String>) -> Check {
        Check {
            about,
            health: Health::Ok,
            message: message.into(),
            remedy: None,
        }
    }

    fn warn(about: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check {
            about,
            health: Health::Warn,
            message: message.into(),
            remedy: Some(remedy.into()),
        }
    }

    fn bad(about: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check {
            health: Health::Bad,
            ..Check::warn(about, message, remedy)
        }
    }

    /// What could not be looked at; the error's last line is its command.
    fn failed(about: &'static str, error: &Error) -> Check {
        Check {
            about,
            health: Health::Bad,
            message: error.message(),
            remedy: error.next.last().cloned(),
        }
    }
}

/// All that was looked at.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    /// Each thing.
    pub checks: Vec<Check>,
    /// How many are bad.
    pub bad: usize,
    /// How many are worth mending.
    pub warned: usize,
}

/// Looks at everything; without `offline` the remote is asked too, within the limit.
pub fn examine(env: &Env, progress: &dyn Progress, offline: bool) -> Diagnosis {
    let mut checks = vec![machine::git(env), machine::program(env)];
    match Repo::discover(&env.cwd).map_err(Error::from) {
        Err(error) => checks.push(Check::failed("repository", &error)),
        Ok(repo) => match Context::with_repo(env, progress, repo) {
            Err(error) => checks.push(Check::failed("repository", &error)),
            Ok(ctx) => checks.extend(of_repository(&ctx, offline)),
        },
    }
    let count = |health| checks.iter().filter(|check| check.health == health).count();
    Diagnosis {
        bad: count(Health::Bad),
        warned: count(Health::Warn),
        checks,
    }
}

fn of_repository(ctx: &Context<'_>, offline: bool) -> Vec<Check> {
    // The settings are looked at one by one below.
    ctx.take_warnings();
    let mut checks = repository::storage(ctx);
    checks.extend(repository::hooks(ctx));
    checks.extend(repository::settings(ctx));
    checks.extend(repository::branches(ctx));
    checks.extend(tracker::tracker(ctx));
    checks.extend(remote::remote(ctx, offline));
    checks.push(machine::identity(ctx));
    checks.extend(machine::signing(ctx));
    checks
}
