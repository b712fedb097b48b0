//! `publish`

use super::{At, target};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::error::finding_lines;
use crate::cli::ui::Ui;
use crate::workflow::{Context, publish};
use clap::Args;

/// Push the hotfix branch before it is ready, to share it
#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_publish(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &PublishArgs,
) -> CommandResult {
    let done = publish::publish(ctx, target(given, &args.at), args.dry_run.dry_run)?;
    ui.say(&done, ctx.take_warnings(), |page| {
        let words = match (done.dry_run, done.up_to_date) {
            (_, true) => "is there already, on",
            (true, false) => "would be pushed to",
            (false, false) => "pushed to",
        };
        page.did(format!(
            "{} ({}) {words} {}",
            done.branch,
            done.tip.short(),
            done.remote
        ));
        if !done.findings.is_empty() {
            page.hint("Before it is deployed:");
            finding_lines(&done.findings)
                .into_iter()
                .for_each(|line| page.hint(line));
        }
    });
    Ok(0)
}
