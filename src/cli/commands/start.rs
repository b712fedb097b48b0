//! `start`

use super::task::task_words;
use super::{At, next_step, plural, severity, severity_names};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::ui::{Page, Ui};
use crate::workflow::start::{self, Options, Started};
use crate::workflow::{Context, shell};
use clap::Args;
use std::path::PathBuf;

/// Start an incident: a branch from production, and a record
#[derive(Debug, Args)]
#[command(after_long_help = "Severities (in doubt, take the graver one):
  P0  service down, data loss           drop everything
  P1  major feature broken              urgent, today
  P2  minor issue, workaround exists    soon, this week

Unfinished work in the tree stays as it is: the hotfix then gets a work tree of its own beside the \
repository.

Examples:
  git hotfix start \"Users can't login - 500 error on auth endpoint\" -s P0
  git hotfix start Checkout is slow -s P1 --at -20m
  git hotfix start \"Wrong totals on invoices\" --from v2.3.1 --issue SHOP-812")]
pub(crate) struct StartArgs {
    /// What is broken
    #[arg(required = true, value_name = "DESCRIPTION")]
    description: Vec<String>,
    /// How bad it is: P0, P1 or P2 (P1 when not said)
    #[arg(short, long, value_name = "SEVERITY")]
    severity: Option<String>,
    /// Start from this revision instead of production
    #[arg(long, value_name = "REVISION")]
    from: Option<String>,
    /// The tracker's key, which names the branch
    #[arg(long, value_name = "KEY")]
    issue: Option<String>,
    /// Work in a linked work tree, at PATH or beside the repository
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = false, conflicts_with = "in_place")]
    worktree: Option<Option<PathBuf>>,
    /// Never in a linked work tree
    #[arg(long)]
    in_place: bool,
    /// Do not ask the remote what is in production
    #[arg(long)]
    offline: bool,
    /// No task in the tracker
    #[arg(long)]
    no_task: bool,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_start(ui: &Ui, ctx: &Context<'_>, args: &StartArgs) -> CommandResult {
    let options = Options {
        description: args.description.join(" "),
        severity: args.severity.clone(),
        from: args.from.clone(),
        issue: args.issue.clone(),
        worktree: args.worktree.clone(),
        in_place: args.in_place,
        offline: args.offline,
        at: args.at.at.clone(),
        no_task: args.no_task,
        dry_run: args.dry_run.dry_run,
    };
    let started = start::start(ctx, &options)?;
    ui.say(&started, ctx.take_warnings(), |page| {
        words(page, ctx, &started)
    });
    Ok(0)
}

fn words(page: &mut Page, ctx: &Context<'_>, started: &Started) {
    let row = &started.severity;
    page.did(format!(
        "{} ({}: {})",
        severity(ctx, &row.name),
        row.meaning,
        row.urgency
    ));
    page.did(format!("  incident  {}", started.id));
    page.did(format!("  branch    {}", started.branch));
    let source = if started.base_source == started.base_name {
        started.base.short().to_owned()
    } else {
        format!("{}, {}", started.base.short(), started.base_source)
    };
    page.did(format!("  base      {} ({source})", started.base_name));
    page.did(format!("  record    {}", started.record));
    if let Some(task) = &started.task {
        page.did(format!("  task      {}", task_words(ctx, task)));
    }
    if !started.hooks_installed.is_empty() {
        page.did(format!(
            "  hooks     {}: installed",
            started.hooks_installed.join(", ")
        ));
    }
    if started.dry_run {
        if let Some(path) = &started.worktree {
            page.did(format!("  work tree {}", shortest(ctx, path)));
        }
        return page.hint("\nNothing was changed, nor fetched: this is what would be started.");
    }
    if started.resumed {
        page.hint("\nAn interrupted start of this incident was completed.");
    }
    if started.severity_assumed {
        assumed(page, ctx, &row.name);
    }
    if let Some(path) = &started.worktree {
        page.hint("");
        if started.changed_files > 0 {
            let stay = if started.changed_files == 1 {
                "stays as it is"
            } else {
                "stay as they are"
            };
            page.hint(format!(
                "Your {} {stay}.",
                plural(started.changed_files, "changed file")
            ));
        }
        page.hint("The hotfix has a work tree of its own:");
        page.hint(format!("  cd {}", shell::word(&shortest(ctx, path))));
    }
    next_step(
        page,
        "git hotfix mitigate rollback \"what you did\"",
        "stop the bleeding, then say how",
    );
}

/// Nobody said the severity.
pub(super) fn assumed(page: &mut Page, ctx: &Context<'_>, name: &str) {
    let names = severity_names(ctx);
    page.hint(format!("\n{name} was assumed: git hotfix severity {names}"));
}

/// Relative to where the person stands, when that is not longer.
fn shortest(ctx: &Context<'_>, path: &std::path::Path) -> String {
    let full = path.display().to_string();
    let Some(parent) = ctx.env.cwd.parent() else {
        return full;
    };
    match path.strip_prefix(parent) {
        Ok(rest) => format!("../{}", rest.display()),
        Err(_) => full,
    }
}
