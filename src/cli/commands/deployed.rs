//! `deployed`

use super::{At, say_milestone, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::Args;

/// Say that the fix runs in production
#[derive(Debug, Args)]
#[command(after_long_help = "Example:
  git hotfix deployed \"canary first, then all\" --env production")]
pub(crate) struct DeployedArgs {
    /// How it went
    #[arg(value_name = "TEXT")]
    text: Vec<String>,
    /// Where it runs
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_deployed(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &DeployedArgs,
) -> CommandResult {
    let text = args.text.join(" ");
    let text = (!args.text.is_empty()).then_some(text.as_str());
    say_milestone(
        ui,
        ctx,
        log::deployed(ctx, target(given, &args.at), text, args.env.as_deref()),
    )
}
