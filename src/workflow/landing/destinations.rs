//! Which branches get the fix beside production.

use super::Options;
use super::survey::Survey;
use super::targets::Role;
use crate::git::Oid;
use crate::workflow::production::{Production, tracking};
use crate::workflow::{Code, Context, Error, Result};

/// The branches beside production.
pub(super) struct Beside {
    /// Those that get the fix, and why.
    pub(super) wanted: Vec<(String, Role)>,
    /// Those that would.
    pub(super) skipped: Vec<String>,
}

/// Every name and pattern that the remote is asked for.
pub(super) fn asked(ctx: &Context<'_>, production: &Production, options: &Options) -> Vec<String> {
    let mut names = vec![production.branch.clone()];
    names.extend(back_merges(ctx, production));
    names.extend(ctx.settings.release_branches.iter().cloned());
    for given in &options.to {
        names.push(line(ctx, production, given));
    }
    names
}

/// The branches beside production with their roles, and those that are skipped.
///
/// An open release branch gets the fix as well as develop. gitflow's own rule is "into the release
/// instead of develop", which comes there later with it, and adds that develop may have it at once
/// where it cannot wait; AVH's `hotfix finish` merges into develop alone and leaves the release
/// without the fix. The hotfix branch itself in both is right in each case: the release's later merge
/// brings develop commits that it knows, and a release that is given up takes no fix along.
///
/// # Errors
/// When a name is no branch, or what is skipped is no target.
pub(super) fn beside(ctx: &Context<'_>, survey: &Survey<'_>, production: &Oid) -> Result<Beside> {
    let mut wanted: Vec<(String, Role)> = Vec::new();
    let mut add = |branch: String, role| {
        let known = branch == survey.production.branch || wanted.iter().any(|(b, _)| *b == branch);
        if !known {
            wanted.push((branch, role));
        }
    };
    for branch in back_merges(ctx, survey.production) {
        add(branch, Role::BackMerge);
    }
    for given in &survey.options.to {
        let line = named(ctx, survey.production, given)?;
        if line == survey.branch {
            return Err(
                Error::usage(format!("{line} is what lands: it is no line to land in"))
                    .untouched("Nothing was changed.")
                    .next(format!("Land it: {}", survey.options.without_line(given))),
            );
        }
        add(line, Role::Line);
    }
    for branch in open_releases(ctx, survey.production, production)? {
        add(branch, Role::Release);
    }
    let skipped = skipped(ctx, survey, &wanted)?;
    wanted.retain(|(branch, _)| !skipped.contains(branch));
    Ok(Beside { wanted, skipped })
}

/// The branches that are set to get the fix.
pub(super) fn back_merges(ctx: &Context<'_>, production: &Production) -> Vec<String> {
    let mut branches: Vec<String> = Vec::new();
    for branch in &ctx.settings.back_merge {
        if *branch != production.branch && !branches.contains(branch) {
            branches.push(branch.clone());
        }
    }
    branches
}

/// The release branches, here or on the remote, that production does not contain.
fn open_releases(ctx: &Context<'_>, production: &Production, start: &Oid) -> Result<Vec<String>> {
    let patterns = &ctx.settings.release_branches;
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let remote = production.remote.as_deref();
    let folders = [
        Some("refs/heads/".to_owned()),
        remote.map(|remote| tracking(remote, "")),
    ];
    let mut open = Vec::new();
    for folder in folders.into_iter().flatten() {
        for (branch, tip) in ctx.repo.list_matching(&folder, patterns)? {
            let is_one = !branch.starts_with(&ctx.settings.prefix) && !open.contains(&branch);
            if is_one && !ctx.repo.contains(start, &tip)? {
                open.push(branch);
            }
        }
    }
    open.sort();
    Ok(open)
}

/// A line as it was typed: `release/1.2`, `origin/release/1.2`, `refs/heads/release/1.2`.
pub(super) fn line(ctx: &Context<'_>, production: &Production, given: &str) -> String {
    let name = given.strip_prefix("refs/heads/").unwrap_or(given);
    let local = ctx.repo.find_ref(&format!("refs/heads/{name}"));
    let remote = production.remote.as_ref();
    let there = remote.and_then(|remote| name.strip_prefix(remote.as_str())?.strip_prefix('/'));
    match (local, there) {
        (Ok(None), Some(there)) => there.to_owned(),
        _ => name.to_owned(),
    }
}

/// A line as it was typed, which is a branch here or on the remote.
///
/// # Errors
/// A usage error when it is none.
pub(in crate::workflow) fn named(
    ctx: &Context<'_>,
    production: &Production,
    given: &str,
) -> Result<String> {
    let name = line(ctx, production, given);
    let here = ctx.repo.find_ref(&format!("refs/heads/{name}"))?;
    let there = match &production.remote {
        Some(remote) => ctx.repo.find_ref(&tracking(remote, &name))?,
        None => None,
    };
    if here.or(there).is_some() {
        return Ok(name);
    }
    let places = match &production.remote {
        Some(remote) => format!("here or on {remote}"),
        None => "here".to_owned(),
    };
    Err(Error::usage(format!("there is no branch {name} {places}"))
        .code(Code::NoSuchRevision)
        .untouched("Nothing was changed.")
        .next("See which there are: git branch --all"))
}

fn skipped(
    ctx: &Context<'_>,
    survey: &Survey<'_>,
    wanted: &[(String, Role)],
) -> Result<Vec<String>> {
    let mut skipped = Vec::new();
    for given in &survey.options.skip {
        let name = line(ctx, survey.production, given);
        if name == survey.production.branch {
            return Err(
                Error::usage(format!("{name} is in production: without it nothing lands"))
                    .untouched("Nothing was changed."),
            );
        }
        if !wanted.iter().any(|(branch, _)| *branch == name) {
            let branches: Vec<&str> = wanted.iter().map(|(branch, _)| branch.as_str()).collect();
            let which = match branches.is_empty() {
                true => "there is none beside production".to_owned(),
                false => format!("those are {}", branches.join(", ")),
            };
            return Err(
                Error::usage(format!("{name} is not a branch that gets the fix: {which}"))
                    .untouched("Nothing was changed."),
            );
        }
        if !skipped.contains(&name) {
            skipped.push(name);
        }
    }
    Ok(skipped)
}
