//! What every act is handed.

use super::{Code, Error, Result, incident, settings};
use crate::config::Settings;
use crate::env::Env;
use crate::git::{Oid, Repo};
use crate::record::{Finding, when};
use chrono::{DateTime, TimeDelta, Utc};
use std::cell::RefCell;
use std::path::Path;

/// Told what a command waits for, once it waits longer than half a second.
pub trait Progress {
    /// `what` is a phrase such as `fetching from origin`.
    fn waiting(&self, what: &str);
}

/// The repository, the settings and the person's environment.
pub struct Context<'a> {
    /// What the process was started with.
    pub env: &'a Env,
    /// The repository.
    pub repo: Repo,
    /// The settings that count.
    pub settings: Settings,
    /// Who is told of waiting.
    pub progress: &'a dyn Progress,
    /// The incident the person named; commands to type next must name it too.
    pub named: Option<String>,
    /// Nothing is written, not even a note that would save time.
    pub(super) only_reads: bool,
    warnings: RefCell<Vec<String>>,
}

/// Clocks of two machines differ by this much without anybody being wrong.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

impl<'a> Context<'a> {
    /// Opens the repository around the current folder and reads its settings.
    ///
    /// # Errors
    /// Without a repository, or with a setting that cannot be used.
    pub fn open(env: &'a Env, progress: &'a dyn Progress) -> Result<Context<'a>> {
        let repo = Repo::discover(&env.cwd)?;
        let settings = settings::load(env, &repo)?;
        Ok(Context::new(env, progress, repo, settings))
    }

    /// The same for what must go on: a setting that cannot be used is warned of, and its default
    /// holds.
    ///
    /// # Errors
    /// Without a repository.
    pub fn open_leniently(env: &'a Env, progress: &'a dyn Progress) -> Result<Context<'a>> {
        let repo = Repo::discover(&env.cwd)?;
        Context::with_repo(env, progress, repo)
    }

    /// As [`Context::open_leniently`] for a repository that is already open.
    ///
    /// # Errors
    /// When git's configuration cannot be read.
    pub fn with_repo(env: &'a Env, progress: &'a dyn Progress, repo: Repo) -> Result<Context<'a>> {
        let (settings, errors) = settings::load_leniently(env, &repo)?;
        let ctx = Context::new(env, progress, repo, settings);
        for error in errors {
            ctx.warn(format!("{}; going by the default", error.message()));
        }
        Ok(ctx)
    }

    /// Does something in another work tree of the repository; what it warns of is said here.
    ///
    /// # Errors
    /// When there is no work tree at the path, git's configuration cannot be read, or what `act` says.
    pub(super) fn elsewhere<T>(
        &self,
        path: &Path,
        act: impl FnOnce(&Context<'a>) -> Result<T>,
    ) -> Result<T> {
        let there = Context::with_repo(self.env, self.progress, self.repo.at(path)?)?;
        let done = act(&there);
        for warning in there.take_warnings() {
            self.warn(warning);
        }
        done
    }

    /// As [`Context::open_leniently`] for who must leave no trace: nothing is written, nothing is
    /// fetched, and of what is amiss nobody is told.
    ///
    /// # Errors
    /// Without a repository.
    pub fn open_to_read(env: &'a Env, progress: &'a dyn Progress) -> Result<Context<'a>> {
        let repo = Repo::discover(&env.cwd)?.offline();
        let mut ctx = Context::with_repo(env, progress, repo)?;
        ctx.only_reads = true;
        ctx.take_warnings();
        Ok(ctx)
    }

    /// The same repository by the policy that a commit holds: `.hotfix.toml` of its tree, or none.
    ///
    /// # Errors
    /// When the repository or the commit cannot be read.
    pub fn by_policy_of(&self, commit: &Oid) -> Result<Context<'a>> {
        let repo = Repo::discover(&self.env.cwd)?;
        let (settings, errors) = settings::load_of_commit(self.env, &repo, commit)?;
        let mut ctx = Context::new(self.env, self.progress, repo, settings);
        ctx.named.clone_from(&self.named);
        for error in errors {
            let (short, message) = (commit.short(), error.message());
            ctx.warn(format!("{message} (in {short}); going by the default"));
        }
        Ok(ctx)
    }

    fn new(
        env: &'a Env,
        progress: &'a dyn Progress,
        repo: Repo,
        settings: Settings,
    ) -> Context<'a> {
        Context {
            env,
            repo,
            settings,
            progress,
            named: None,
            only_reads: false,
            warnings: RefCell::default(),
        }
    }

    /// Says something that does not stop the work; the same words once.
    pub fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// What was said since the last call.
    pub fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// The time that `--at` gives, or now.
    ///
    /// # Errors
    /// When it cannot be understood, or lies in the future.
    pub fn at(&self, typed: Option<&str>) -> Result<DateTime<Utc>> {
        let now = self.env.now();
        let Some(typed) = typed else { return Ok(now) };
        let at = when::parse(typed, now, &self.env.zone())
            .map_err(|e| Error::usage(e.to_string()).code(Code::Time))?;
        if at > now + CLOCK_SKEW {
            let (at, now) = (when::stamp(at), when::stamp(now));
            return Err(
                Error::usage(format!("{typed} ({at}) is in the future: it is {now}"))
                    .code(Code::Time),
            );
        }
        Ok(at)
    }

    /// A command to type next, for the incident that was named.
    pub fn command(&self, command: &str) -> String {
        match &self.named {
            Some(named) => incident::naming(named, command),
            None => command.to_owned(),
        }
    }

    /// Findings whose remedies are for the incident that was named.
    pub fn remedied(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for remedy in findings
            .iter_mut()
            .filter_map(|finding| finding.remedy.as_mut())
        {
            *remedy = self.command(remedy);
        }
        findings
    }

    /// Who does this, as the record names people.
    pub fn who(&self) -> String {
        self.repo.ident().name
    }
}
