//! `revert`

use super::{At, clock, next_step, plural, target};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::revert::{self, Options, Reverted};
use clap::Args;

/// Take commits back on the hotfix branch, all of them or none
#[derive(Debug, Args)]
#[command(
    after_long_help = "Often the quickest safe fix. Several commits are taken back newest first, each \
with a commit of its own; when one conflicts with what came after it, nothing is changed. Your \
unfinished changes to other files stay as they are. Of a merge the parent stays that production has \
been at; where that is not plain, say which. What a merge brought goes with \
it.

Examples:
  git hotfix revert 1a3e64c
  git hotfix revert v2.3.0..v2.3.1 -n
  git hotfix revert 5f3a2b1 --mainline 1"
)]
pub(crate) struct RevertArgs {
    /// Ids, tags, or ranges like v2.3.0..v2.3.1
    #[arg(required = true, value_name = "COMMIT")]
    commits: Vec<String>,
    /// The parent of a merge that stays, counted from 1
    #[arg(short, long, value_name = "NUMBER")]
    mainline: Option<usize>,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_revert(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &RevertArgs,
) -> CommandResult {
    let at = ctx.at(args.at.at.as_deref())?;
    let options = Options {
        commits: args.commits.clone(),
        mainline: args.mainline,
        dry_run: args.dry_run.dry_run,
    };
    let reverted = revert::revert(ctx, target(given, &args.at), &options)?;
    ui.say(&reverted, ctx.take_warnings(), |page| {
        words(page, &clock(ctx, at), &reverted);
    });
    Ok(0)
}

fn words(page: &mut Page, clock: &str, reverted: &Reverted) {
    let made = reverted.commits.iter().filter(|undone| !undone.already);
    for undone in &reverted.commits {
        if let Some(merge) = &undone.within {
            let (name, merge) = (undone.commit.short(), merge.short());
            page.did(format!("{name} {} goes with {merge}", undone.subject));
            continue;
        }
        match (undone.already, reverted.dry_run) {
            (true, _) => page.did(format!(
                "{} {} was taken back before",
                undone.commit.short(),
                undone.subject
            )),
            (false, true) => page.did(format!("would be: {}", undone.words())),
            (false, false) => page.did(format!("{clock}  {}", undone.words())),
        }
    }
    if reverted.dry_run {
        return page.hint("\nNothing was changed.");
    }
    if reverted.before != reverted.after {
        page.did(format!(
            "  {}  {}..{}, {}",
            reverted.branch,
            reverted.before.short(),
            reverted.after.short(),
            plural(made.count(), "commit")
        ));
    }
    if let (Some(command), Some(reason)) = (&reverted.next, &reverted.next_reason) {
        next_step(page, command, reason);
    }
}
