//! `hooks`

use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::table::padded;
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::hooks::{self, Report, State};
use clap::{Args, Subcommand};

/// Install, remove or look at the hooks
#[derive(Debug, Args)]
#[command(
    after_long_help = "commit-msg holds commits on hotfix/* to 'fix: [HOTFIX] …', prepare-commit-msg
prefills that, pre-push asks the deploy gate. Hooks that are there already are kept and run first."
)]
pub(crate) struct HooksArgs {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Install them beside those that are there; again is fine
    Install {
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Remove them and bring the earlier ones back
    Uninstall {
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// What stands in each event's place
    Status,
}

pub(crate) fn cmd_hooks(ui: &Ui, ctx: &Context<'_>, args: &HooksArgs) -> CommandResult {
    let (report, verb) = match &args.act {
        Act::Install { dry_run } => (hooks::install(ctx, dry_run.dry_run)?, "installed"),
        Act::Uninstall { dry_run } => (hooks::uninstall(ctx, dry_run.dry_run)?, "removed"),
        Act::Status => (hooks::status(ctx)?, ""),
    };
    ui.say(&report, ctx.take_warnings(), |page| {
        words(page, &report, verb)
    });
    Ok(0)
}

fn words(page: &mut Page, report: &Report, verb: &str) {
    page.line(report.folder.display().to_string());
    for hook in &report.hooks {
        let changed = report.changed.contains(&hook.event);
        let state = match hook.state {
            _ if changed && report.dry_run => format!("would be {verb}"),
            _ if changed => verb.to_owned(),
            State::Missing => "not installed".to_owned(),
            State::Installed if !hook.executable => {
                "not executable: git does not run it".to_owned()
            }
            State::Installed => "installed".to_owned(),
            State::Outdated => "of another version: git hotfix hooks install".to_owned(),
            State::Foreign => "somebody else's: git hotfix hooks install keeps it".to_owned(),
        };
        let chained = if hook.chained {
            ", after the hook that was there"
        } else {
            ""
        };
        page.line(format!("  {}  {state}{chained}", padded(hook.event, 18)));
    }
}
