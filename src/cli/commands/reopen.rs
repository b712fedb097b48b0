//! `reopen`

use super::{At, say_milestone, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::Args;

/// Go on with an incident that was resolved or abandoned
#[derive(Debug, Args)]
pub(crate) struct ReopenArgs {
    /// Why
    #[arg(required = true, value_name = "REASON")]
    reason: Vec<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_reopen(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &ReopenArgs,
) -> CommandResult {
    say_milestone(
        ui,
        ctx,
        log::reopen(ctx, target(given, &args.at), &args.reason.join(" ")),
    )
}
