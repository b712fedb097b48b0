//! `completions`

use crate::cli::CommandResult;
use crate::cli::complete::shell::Shell;
use crate::cli::ui::Ui;
use clap::Args;
use serde::Serialize;

/// Print the script that makes a shell complete git hotfix
#[derive(Debug, Args)]
#[command(
    after_long_help = "'git hotfix install-extras' puts it in its place, with the manual pages. The script \
asks 'git hotfix' at each completion, so that it knows commands, incidents, checklist items and branches.

Examples:
  git hotfix completions bash
  git hotfix completions powershell >>$PROFILE"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Serialize)]
struct Script {
    script: &'static str,
}

pub(crate) fn cmd_completions(ui: &Ui, args: &CompletionsArgs) -> CommandResult {
    let script = Script {
        script: args.shell.script(),
    };
    if ui.json {
        ui.say(&script, Vec::new(), |_| {});
    } else {
        ui.verbatim(script.script.trim_end_matches('\n'));
    }
    Ok(0)
}
