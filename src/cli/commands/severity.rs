//! `severity`

use super::{At, say_logged, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::Args;

/// Set how bad it is; the timeline says from what to what
#[derive(Debug, Args)]
#[command(after_long_help = "Severities (in doubt, take the graver one):
  P0  service down, data loss           drop everything
  P1  major feature broken              urgent, today
  P2  minor issue, workaround exists    soon, this week

A team can have its own: 'severities' in .hotfix.toml.")]
pub(crate) struct SeverityArgs {
    /// P0, P1 or P2
    #[arg(value_name = "SEVERITY")]
    severity: String,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_severity(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &SeverityArgs,
) -> CommandResult {
    say_logged(
        ui,
        ctx,
        log::severity(ctx, target(given, &args.at), &args.severity),
    )
}
