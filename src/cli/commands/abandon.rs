//! `abandon`

use super::At;
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::ui::Ui;
use crate::workflow::{Context, abandon};
use clap::Args;

/// Give it up: no incident after all, or solved elsewhere
#[derive(Debug, Args)]
#[command(after_long_help = "The record stays and says so.

Example:
  git hotfix abandon \"the provider had the outage, not we\" --delete-branch")]
pub(crate) struct AbandonArgs {
    /// Why
    #[arg(required = true, value_name = "REASON")]
    reason: Vec<String>,
    /// Delete the hotfix branch too, unless it has commits that are not in production
    #[arg(long)]
    delete_branch: bool,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_abandon(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &AbandonArgs,
) -> CommandResult {
    let options = abandon::Options {
        incident: given,
        at: args.at.at.as_deref(),
        delete_branch: args.delete_branch,
        dry_run: args.dry_run.dry_run,
    };
    let done = abandon::abandon(ctx, options, &args.reason.join(" "))?;
    ui.say(&done, ctx.take_warnings(), |page| {
        let would = if done.dry_run { "would be " } else { "" };
        page.did(format!("{} {would}abandoned: {}", done.id, done.reason));
        let fate = match (done.branch_deleted, done.branch_kept) {
            (true, _) => "deleted",
            (_, true) => "kept",
            _ => return,
        };
        page.did(format!(
            "  {}  {would}{fate}",
            done.branch.as_deref().unwrap_or_default()
        ));
    });
    Ok(0)
}
