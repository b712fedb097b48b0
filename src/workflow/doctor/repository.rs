//! What the repository has: its storage, the hooks, the settings, the branches.

use super::{Check, Health};
use crate::record::Level;
use crate::workflow::hooks::{self, Mode};
use crate::workflow::shell::word;
use crate::workflow::{Context, production, settings};

/// How it is kept.
pub(super) fn storage(ctx: &Context<'_>) -> Vec<Check> {
    let storage = ctx.repo.storage();
    let top = ctx.repo.workdir().unwrap_or(ctx.repo.git_dir());
    let mut words = vec![
        format!("{} objects", storage.objects),
        format!("refs in {}", storage.refs),
    ];
    if storage.bare {
        words.push("bare".to_owned());
    }
    if storage.linked {
        words.push("a linked work tree".to_owned());
    }
    if let Some(remote) = &storage.partial {
        words.push(format!("partial: the rest comes from {remote}"));
    }
    let message = format!("{} ({})", top.display(), words.join(", "));
    let mut checks = vec![Check::ok("repository", message)];
    if storage.shallow {
        let message = "its history is cut off: bases and releases may lie beyond";
        checks.push(Check::warn("repository", message, "git fetch --unshallow"));
    }
    checks
}

/// Whether git runs our hooks.
pub(super) fn hooks(ctx: &Context<'_>) -> Vec<Check> {
    let report = match hooks::status(ctx) {
        Ok(report) => report,
        Err(error) => return vec![Check::failed("hooks", &error)],
    };
    if report.problems.is_empty() {
        let events: Vec<&str> = report.hooks.iter().map(|hook| hook.event).collect();
        let by = match report.mode {
            Some(Mode::Config) => "in git config",
            Some(Mode::Snippet) => "by a manager's lines",
            _ => "as files",
        };
        return vec![Check::ok("hooks", format!("{}: {by}", events.join(", ")))];
    }
    let checks = report.problems.into_iter().map(|problem| Check {
        about: "hooks",
        health: match problem.level {
            Level::Block => Health::Bad,
            Level::Warn => Health::Warn,
            Level::Info => Health::Ok,
        },
        message: problem.message,
        remedy: problem.remedy,
    });
    checks.collect()
}

/// Every setting that cannot be used.
pub(super) fn settings(ctx: &Context<'_>) -> Vec<Check> {
    match settings::load_leniently(ctx.env, &ctx.repo) {
        Err(error) => vec![Check::failed("settings", &error)],
        Ok((_, errors)) if errors.is_empty() => vec![Check::ok("settings", "all can be used")],
        Ok((_, errors)) => errors
            .iter()
            .map(|error| Check::failed("settings", error))
            .collect(),
    }
}

/// The branches that a fix lands in.
pub(super) fn branches(ctx: &Context<'_>) -> Vec<Check> {
    // A server has no production of its own to find.
    if ctx.repo.is_bare() {
        return Vec::new();
    }
    let mut checks = Vec::new();
    let found = production::find(ctx);
    let found = found.and_then(|found| production::tip(ctx, &found).map(|(_, name)| name));
    checks.push(match found {
        Ok(name) => Check::ok("production", name),
        Err(error) => Check {
            remedy: Some("git config hotfix.production <branch>".to_owned()),
            ..Check::failed("production", &error)
        },
    });
    let remote = production::remote(ctx).ok().flatten();
    for branch in &ctx.settings.back_merge {
        let tracking = remote
            .as_ref()
            .map(|remote| production::tracking(remote, branch));
        let mut names = tracking.into_iter().chain([format!("refs/heads/{branch}")]);
        let there = names.any(|name| matches!(ctx.repo.find_ref(&name), Ok(Some(_))));
        if !there {
            let message = format!("{branch} is to get the fix too, and is nowhere here");
            let remedy = match &remote {
                Some(remote) => format!("git fetch {} {}", word(remote), word(branch)),
                None => format!("git branch {}", word(branch)),
            };
            checks.push(Check::warn("back-merge", message, remedy));
        }
    }
    checks
}
