//! `note`

use super::{At, say_logged, target};
use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::{Context, log};
use clap::Args;

/// Add a line to the timeline
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  git hotfix note 429s rising on /token
  git hotfix note --at -10m \"first customer report\"
  git hotfix note --at 14:05 \"deploy of v2.3.1 done\"")]
pub(crate) struct NoteArgs {
    /// What happened
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_note(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &NoteArgs,
) -> CommandResult {
    say_logged(
        ui,
        ctx,
        log::note(ctx, target(given, &args.at), &args.text.join(" ")),
    )
}
