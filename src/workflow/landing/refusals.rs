//! What stops a landing before anything moved, and what to do about it.

use super::outlook::{FixRange, files_in_words};
use super::plan::Plan;
use super::strangers::{is_landing, strangers};
use super::targets::{Outcome, Role, Target};
use super::{Options, destinations};
use crate::git::{Oid, Worktree};
use crate::workflow::production::Production;
use crate::workflow::shell::word;
use crate::workflow::worktrees::{Way, git_in, refuse_under_way};
use crate::workflow::{Code, Context, Error, Result};

/// Commits of a target that the remote has not would go to production along with the fix.
pub(super) fn refuse_strangers(
    ctx: &Context<'_>,
    targets: &[Target],
    plan: &Plan,
    fix: &FixRange,
    options: &Options,
) -> Result<()> {
    for target in targets {
        let strangers = strangers(ctx, target, fix)?;
        let Some(first) = strangers.first() else {
            continue;
        };
        let branch = &target.branch;
        let count = strangers.len();
        let are = if count == 1 { "a commit" } else { "commits" };
        let message = format!("{branch} has {are} here that the remote has not");
        if !options.push {
            let of = if count == 1 { "it" } else { "they" };
            ctx.warn(format!(
                "{message} ({}): {of} will go along",
                first.id.short()
            ));
            continue;
        }
        let go = match target.role {
            Role::Production => "released",
            _ => "pushed",
        };
        let remote = plan.remote.as_deref().unwrap_or_default();
        let mut error = Error::refused(message)
            .code(Code::Diverged)
            .untouched(format!(
                "Nothing was changed, here or there. They would be {go} with the fix."
            ))
            .next("Push them first, if they are meant to be:")
            .next(format!("git push {} {}", word(remote), word(branch)))
            .next("Or put them aside:")
            .next(put_aside(ctx, target, plan));
        for commit in strangers.iter().take(5) {
            error = error.detail(format!("{} {}", commit.id.short(), commit.subject()));
        }
        return Err(error);
    }
    Ok(())
}

/// A branch has commits here and others on the remote. Where those here are landings, they were
/// overtaken before they were pushed.
pub(super) fn diverged(
    ctx: &Context<'_>,
    (branch, role): (&str, Role),
    (local, there): (&Oid, &Oid),
    production: &Production,
    options: &Options,
) -> Result<Error> {
    let remote = production.remote.as_deref().unwrap_or_default();
    let trees = ctx.repo.worktrees()?;
    // It is being brought together already.
    refuse_under_way(ctx, &trees, branch)?;
    let ahead = ctx
        .repo
        .range(std::slice::from_ref(there), std::slice::from_ref(local), 0)?;
    let mut error = match ahead.iter().rev().find(|commit| is_landing(commit)) {
        Some(landing) => {
            let id = landing.id.short();
            let tags = ctx.repo.tags_at(&landing.id)?;
            let tagged = match tags.is_empty() {
                true => String::new(),
                false => format!(", tagged {}", tags.join(", ")),
            };
            Error::refused(format!(
                "{branch} has a landing ({id}{tagged}) that was not pushed, and {remote} has moved on"
            ))
        }
        None => Error::refused(format!("{branch} here and on {remote} have diverged")),
    };
    let Way { switch, git } = Way::to(ctx, &trees, branch);
    let (name, remote) = (word(branch), word(remote));
    // `merge.ff = only` would refuse what must become a merge.
    error = error
        .code(Code::Diverged)
        .untouched("Nothing was changed, here or there.")
        .next("Bring them together and run finish again:")
        .next(format!(
            "{switch}{git} pull --no-rebase --no-ff {remote} {name}"
        ));
    if let Some((words, command)) = without(ctx, production, (branch, role), options) {
        error = error.next(words).next(command);
    }
    Ok(error)
}

/// The remote's hotfix branch has somebody else's commits.
pub(super) fn not_here(ctx: &Context<'_>, plan: &Plan, remote: &str) -> Error {
    let branch = &plan.branch;
    let (name, at) = (word(branch), word(remote));
    let take_in = match plan.tip {
        Some(_) => {
            let Way { switch, git } = Way::to(ctx, &plan.worktrees, branch);
            format!("{switch}{git} pull --rebase {at} {name}")
        }
        None => format!("git switch -c {name} {at}/{name}"),
    };
    let message = format!("{remote} has commits on {branch} that are not here");
    Error::refused(message)
        .code(Code::Diverged)
        .untouched("Nothing was changed, here or there.")
        .next("Take them in and run finish again:")
        .next(take_in)
}

/// A branch that is checked out is only moved by its work tree.
fn put_aside(ctx: &Context<'_>, target: &Target, plan: &Plan) -> String {
    let name = word(&target.branch);
    let aside = word(&format!("{}-aside", target.branch));
    let there = target.remote.as_ref().map_or("", Oid::short);
    let mut trees = plan.worktrees.iter();
    let back = match trees.find(|tree| tree.is_on(&target.branch)) {
        Some(tree) => format!("{} reset --keep {there}", git_in(ctx, &tree.path)),
        None => format!("git branch -f {name} {there}"),
    };
    format!("git branch {aside} {name} && {back}")
}

/// Everything that a person must decide, every target named with what it gives.
pub(super) fn refuse_undecided(
    ctx: &Context<'_>,
    plan: &Plan,
    production: &Production,
    targets: &[Target],
    fix: &FixRange,
    options: &Options,
) -> Result<()> {
    let Some(first) = targets.iter().find(|target| target.outcome.is_refused()) else {
        return Ok(());
    };
    if let Outcome::Conflict { .. } = first.outcome {
        // The merge or the pick that was asked for has begun.
        refuse_under_way(ctx, &plan.worktrees, &first.branch)?;
    }
    let branch = &plan.branch;
    let there = production
        .remote
        .as_deref()
        .map_or(String::new(), |r| format!(", here or on {r}"));
    let code = match first.outcome {
        Outcome::Conflict { .. } => Code::Conflict,
        _ => Code::Refused,
    };
    let mut error = Error::refused(what_happened(branch, first))
        .code(code)
        .untouched(format!("Nothing was changed{there}."));
    let columns = targets.iter().map(|target| target.branch.chars().count());
    let columns = columns.max().unwrap_or(0);
    for target in targets {
        let name = &target.branch;
        error = error.detail(format!("{name:columns$}  {}", outcome_words(target)));
    }
    for line in what_to_do(ctx, plan, production, first, fix, options) {
        error = error.next(line);
    }
    let target = (first.branch.as_str(), first.role);
    if let Some((words, command)) = without(ctx, production, target, options) {
        error = error.next(words).next(command);
    }
    Err(error)
}

/// The command that lands without a target; a line need only not be named.
fn without(
    ctx: &Context<'_>,
    production: &Production,
    (name, role): (&str, Role),
    options: &Options,
) -> Option<(&'static str, String)> {
    match role {
        Role::Production => None,
        Role::Line => {
            let mut others = options.clone();
            let is_it = |given: &String| destinations::line(ctx, production, given) == name;
            others.to.retain(|given| !is_it(given));
            Some(("Or land without it:", others.command()))
        }
        _ => Some((
            "Or land without it (becomes an action item):",
            options.skipping(name).command(),
        )),
    }
}

fn what_happened(branch: &str, first: &Target) -> String {
    let name = &first.branch;
    match &first.outcome {
        Outcome::Foreign { .. } => format!("{branch} begins on commits that {name} has not"),
        Outcome::MovedOn { .. } => format!("{name} cannot be fast-forwarded to {branch}"),
        _ => format!("{branch} does not merge cleanly everywhere"),
    }
}

fn outcome_words(target: &Target) -> String {
    let some = |commits: &usize| match commits {
        1 => "1 commit".to_owned(),
        more => format!("{more} commits"),
    };
    match &target.outcome {
        Outcome::Contained(_) => "holds the fix already".to_owned(),
        Outcome::Merged { .. } | Outcome::Squashed { .. } => "merges cleanly".to_owned(),
        Outcome::FastForwarded => "goes forward to the fix".to_owned(),
        Outcome::Picked { commits, .. } => format!("takes {}", some(commits)),
        Outcome::Conflict { files, picking } => {
            let picking = picking.as_ref();
            let picking = picking.map_or(String::new(), |id| format!(", picking {}", id.short()));
            format!("conflicts in {}{picking}", files_in_words(files))
        }
        Outcome::Foreign { commits } => {
            let are = if *commits == 1 { "is" } else { "are" };
            format!("would get {} that {are} not of the fix", some(commits))
        }
        Outcome::MovedOn { commits } => format!("has {} that the fix has not", some(commits)),
    }
}

fn what_to_do(
    ctx: &Context<'_>,
    plan: &Plan,
    production: &Production,
    first: &Target,
    fix: &FixRange,
    options: &Options,
) -> Vec<String> {
    let (name, branch) = (&first.branch, &plan.branch);
    // Landed in production alone, the branch is gone and its commits are not.
    let from = match &plan.tip {
        Some(_) => word(branch),
        None => fix.tip.short().to_owned(),
    };
    let (doing, command) = match &first.outcome {
        Outcome::Foreign { .. } => {
            let picking = Options {
                cherry_pick: true,
                ..options.clone()
            };
            return vec![
                "Take over the fix's own commits instead:".to_owned(),
                picking.command(),
            ];
        }
        Outcome::MovedOn { .. } => {
            let onto = match &production.remote {
                Some(remote) if first.remote.as_ref() == Some(&first.start) => {
                    format!("{remote}/{name}")
                }
                _ => name.clone(),
            };
            return vec![
                "Put the fix on top of it and run finish again:".to_owned(),
                rebase(ctx, &plan.worktrees, branch, &onto),
            ];
        }
        // `merge.ff = only` would refuse what must become a merge.
        Outcome::Conflict { picking: None, .. } => ("Merge", format!("merge --no-ff {from}")),
        _ => match &fix.base {
            Some(base) => {
                let (base, tip) = (base.short(), fix.tip.short());
                ("Pick", format!("cherry-pick -x {base}..{tip}"))
            }
            None => ("Pick", format!("cherry-pick -x {from}")),
        },
    };
    let way = match (&first.local, &production.remote) {
        (None, Some(remote)) => Way::from(remote, name),
        _ => Way::to(ctx, &plan.worktrees, name),
    };
    vec![
        format!("{doing} it yourself and run finish again:"),
        format!("{}{} {command}", way_there(&way, first), way.git),
    ]
}

/// A merge in the fix has no change of its own to pick.
pub(super) fn no_pick(
    ctx: &Context<'_>,
    branch: &str,
    fix: &FixRange,
    merge: &Oid,
) -> Result<Error> {
    let base = fix.base.as_ref().map_or("<base>", Oid::short);
    let row = rebase(ctx, &ctx.repo.worktrees()?, branch, base);
    let merge = merge.short();
    Ok(Error::refused(format!(
        "the fix holds the merge {merge}, which cannot be picked"
    ))
    .untouched("Nothing was changed, here or there.")
    .next(format!("Make it a row of commits: {row}")))
}

/// The command that puts the hotfix branch on a commit, from wherever it is typed.
fn rebase(ctx: &Context<'_>, trees: &[Worktree], branch: &str, onto: &str) -> String {
    let Way { switch, git } = Way::to(ctx, trees, branch);
    match switch.is_empty() {
        true => format!("{git} rebase {}", word(onto)),
        false => format!("{git} rebase {} {}", word(onto), word(branch)),
    }
}

/// A local branch that is behind would merge something else than what lands.
fn way_there(way: &Way, target: &Target) -> String {
    let Way { switch, git } = way;
    match &target.local {
        Some(local) if *local != target.start => {
            let start = target.start.short();
            format!("{switch}{git} merge --ff-only {start} && ")
        }
        _ => switch.clone(),
    }
}
