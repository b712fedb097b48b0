//! `cause`

use super::{At, say_milestone, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::Args;

/// Write down the root cause
#[derive(Debug, Args)]
#[command(
    after_long_help = "Writes the section, the milestone, and ticks 'Root cause identified'.

Example:
  git hotfix cause \"tokens signed before the deploy have another key prefix\""
)]
pub(crate) struct CauseArgs {
    /// What caused the incident
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_cause(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &CauseArgs,
) -> CommandResult {
    say_milestone(
        ui,
        ctx,
        log::cause(ctx, target(given, &args.at), &args.text.join(" ")),
    )
}
