//! `init`

use super::next_step;
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::init::{self, Prepared};
use clap::Args;

/// Prepare a repository: a commented .hotfix.toml, and the hooks
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    dry_run: DryRun,
}

/// Says what it will do before it does it, so that a person sees it even when a step fails.
pub(crate) fn cmd_init(ui: &Ui, ctx: &Context<'_>, args: &InitArgs) -> CommandResult {
    if args.dry_run.dry_run || !ui.json {
        let plan = init::init(ctx, true)?;
        let warnings = ctx.take_warnings();
        if args.dry_run.dry_run {
            ui.say(&plan, warnings, |page| words(page, &plan));
            return Ok(0);
        }
        ui.say(&plan, Vec::new(), |page| words(page, &plan));
    }
    let done = init::init(ctx, false)?;
    if ui.json {
        ui.say(&done, ctx.take_warnings(), |_| {});
    } else {
        ui.say(&done, ctx.take_warnings(), |page| {
            page.did("Done.");
            next_step(
                page,
                "git hotfix tour",
                "see an incident from start to finish",
            );
        });
    }
    Ok(0)
}

fn words(page: &mut Page, plan: &Prepared) {
    page.did("To prepare this repository:");
    let settings = if plan.settings_written {
        "write it, all settings commented out; commit it"
    } else {
        "is there already, stays as it is"
    };
    page.did(format!("  {}  {settings}", plan.settings));
    if let Some(folder) = &plan.hooks_folder {
        let hooks = if plan.hooks_installed.is_empty() {
            "are installed already".to_owned()
        } else {
            format!(
                "install {} in {}",
                plan.hooks_installed.join(", "),
                folder.display()
            )
        };
        page.did(format!("  hooks         {hooks}"));
    }
}
