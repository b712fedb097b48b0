//! `adopt`

use super::start::assumed;
use super::task::task_words;
use super::{At, next_step, plural, severity};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::table::cut;
use crate::cli::ui::{Page, Ui};
use crate::workflow::adopt::{self, Adopted, Options};
use crate::workflow::{Context, shell};
use clap::Args;

/// Take up a hotfix branch that was begun without us
#[derive(Debug, Args)]
#[command(
    after_long_help = "Makes the record for it, as 'start' would have: from then on status, gate and \
finish know it. A branch that 'git flow hotfix start' made is one.

Examples:
  git hotfix adopt
  git hotfix adopt hotfix/1.2.1 --title \"Users can't login\" -s P0 --at -25m"
)]
pub(crate) struct AdoptArgs {
    /// The hotfix branch; the current one when not said
    #[arg(value_name = "BRANCH")]
    branch: Option<String>,
    /// What is broken; else the branch's name or its first commit says it
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// How bad it is: P0, P1 or P2 (P1 when not said)
    #[arg(short, long, value_name = "SEVERITY")]
    severity: Option<String>,
    /// No task in the tracker
    #[arg(long)]
    no_task: bool,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_adopt(ui: &Ui, ctx: &Context<'_>, args: &AdoptArgs) -> CommandResult {
    let options = Options {
        branch: args.branch.clone(),
        title: args.title.clone(),
        severity: args.severity.clone(),
        at: args.at.at.clone(),
        no_task: args.no_task,
        dry_run: args.dry_run.dry_run,
    };
    let adopted = adopt::adopt(ctx, &options)?;
    ui.say(&adopted, ctx.take_warnings(), |page| {
        words(page, ui, ctx, &adopted);
    });
    Ok(0)
}

fn words(page: &mut Page, ui: &Ui, ctx: &Context<'_>, adopted: &Adopted) {
    let row = &adopted.severity;
    page.did(format!("{}  {}", severity(ctx, &row.name), adopted.title));
    page.did(format!("  incident  {}", adopted.id));
    let commits = plural(adopted.commits.len(), "commit");
    page.did(format!("  branch    {}: {commits}", adopted.branch));
    let room = ui.width.saturating_sub(12);
    for found in &adopted.commits {
        let line = format!("{} {}", found.commit.short(), found.subject);
        page.did(format!("            {}", cut(&line, room)));
    }
    let base = adopted.base.short();
    page.did(format!("  base      {} ({base})", adopted.base_name));
    page.did(format!("  record    {}", adopted.record));
    if let Some(task) = &adopted.task {
        page.did(format!("  task      {}", task_words(ctx, task)));
    }
    if !adopted.hooks_installed.is_empty() {
        let hooks = adopted.hooks_installed.join(", ");
        page.did(format!("  hooks     {hooks}: installed"));
    }
    if adopted.dry_run {
        return page.hint("\nNothing was changed: this is what would be adopted.");
    }
    if adopted.severity_assumed {
        assumed(page, ctx, &row.name);
    }
    let without = adopted.commits.iter().filter(|found| !found.has_format);
    match without.count() {
        0 => {}
        count => page.hint(format!(
            "\n{} not in the hotfix format: git hotfix gate",
            match count {
                1 => "1 message is".to_owned(),
                _ => format!("{count} messages are"),
            }
        )),
    }
    if let Some(path) = &adopted.worktree {
        page.hint("\nThe branch is checked out in another work tree:");
        page.hint(format!("  cd {}", shell::word(&path.display().to_string())));
    }
    if let (Some(command), Some(reason)) = (&adopted.next, &adopted.next_reason) {
        next_step(page, command, reason);
    }
}
