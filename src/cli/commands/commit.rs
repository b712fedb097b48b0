//! `commit`

use crate::cli::CommandResult;
use crate::cli::ui::Ui;
use crate::workflow::Context;
use crate::workflow::commit::{self, Options};
use clap::Args;
use std::ffi::OsString;

/// Commit with the hotfix format put in front
#[derive(Debug, Args)]
#[command(
    after_long_help = "Without -m your editor opens, prefilled. Hooks are not skipped by it: \
--no-verify is refused, with the line for git that does.

Examples:
  git hotfix commit -m \"accept both key prefixes\" -- -a
  git hotfix commit -m \"accept both key prefixes\" --scope auth"
)]
pub(crate) struct CommitArgs {
    /// What it does; 'fix: [HOTFIX]' is put in front
    #[arg(short, long, value_name = "DESCRIPTION", allow_hyphen_values = true)]
    message: Option<String>,
    /// The scope, as in fix(scope): …
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Commit all changed files, as git commit -a
    #[arg(short, long)]
    all: bool,
    /// Handed on to git commit
    #[arg(last = true, value_name = "GIT COMMIT ARGUMENTS")]
    arguments: Vec<OsString>,
}

pub(crate) fn cmd_commit(ui: &Ui, ctx: &Context<'_>, args: &CommitArgs) -> CommandResult {
    let mut arguments = args.arguments.clone();
    if args.all {
        arguments.insert(0, "-a".into());
    }
    let options = Options {
        message: args.message.clone(),
        scope: args.scope.clone(),
        machine_reads: ui.json,
        arguments,
    };
    let committed = commit::commit(ctx, &options)?;
    // git itself has said what it did; only a machine wants it again.
    ui.say(&committed, ctx.take_warnings(), |_| {});
    Ok(0)
}
