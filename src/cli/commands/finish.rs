//! `finish`

use super::{At, next_step, target};
use crate::cli::CommandResult;
use crate::cli::args::DryRun;
use crate::cli::table::{padded, width};
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::landing::{self, Landing, Options, Outcome, Role, Target};
use clap::Args;

/// Land the fix everywhere it must go, all or nothing
#[derive(Debug, Args)]
#[command(
    after_long_help = "Merges the hotfix branch into production and into every branch that
must have the fix too ('back-merge' in the settings, gitflow's develop), tags, deletes the branch.
Everything is computed before anything moves; with --push the remote is first, in one atomic push.
Run it again after an interruption: what is done is seen in the repository.

Examples:
  git hotfix finish -n
  git hotfix finish --tag --push
  git hotfix finish --tag v2.3.2 --keep"
)]
pub(crate) struct FinishArgs {
    /// Tag the release; without a version the next patch of the release in production
    #[arg(long, value_name = "VERSION", num_args = 0..=1)]
    tag: Option<Option<String>>,
    /// Push branches, tag and deletion, before anything moves here
    #[arg(long)]
    push: bool,
    /// Keep the hotfix branch
    #[arg(long)]
    keep: bool,
    /// Go past the gate, on the record
    #[arg(long = "override", value_name = "REASON")]
    override_reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_finish(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &FinishArgs,
) -> CommandResult {
    let options = Options {
        tag: args.tag.clone(),
        push: args.push,
        keep: args.keep,
        override_reason: args.override_reason.clone(),
        dry_run: args.dry_run.dry_run,
    };
    let landing = landing::finish(ctx, target(given, &args.at), &options)?;
    ui.say(&landing, ctx.take_warnings(), |page| {
        words(page, args, &landing)
    });
    Ok(0)
}

fn words(page: &mut Page, args: &FinishArgs, landing: &Landing) {
    moves(page, landing);
    if landing.dry_run {
        page.hint("\nNothing was changed: this is what 'git hotfix finish' would do.");
        return;
    }
    page.did("");
    page.did(landing.summary.markdown().trim_end());
    for path in &landing.spent_worktrees {
        page.hint("\nThis work tree has served; from another one:");
        page.hint(format!("  git worktree remove {}", path.display()));
    }
    match push_command(args, landing) {
        Some(command) => next_step(page, &command, "bring it to the remote"),
        None => next_step(page, "git hotfix deployed", "once it is"),
    }
}

fn moves(page: &mut Page, landing: &Landing) {
    let mut rows: Vec<(String, String)> = landing
        .targets
        .iter()
        .map(|target| (target.branch.clone(), target_words(target, landing.dry_run)))
        .collect();
    if let Some(tag) = &landing.tag {
        let there = if tag.exists { " (was there)" } else { "" };
        rows.push(("tag".to_owned(), format!("{}{there}", tag.name)));
    }
    let there = landing.pushed_to.as_deref();
    let there = there.filter(|_| landing.remote_branch_deleted);
    let would = if landing.dry_run { "would be " } else { "" };
    let deleted = match (landing.branch_deleted, there) {
        (true, Some(remote)) => Some(format!("{would}deleted here and on {remote}")),
        (true, None) => Some(format!("{would}deleted")),
        (false, Some(remote)) => Some(format!("{would}deleted on {remote}")),
        (false, None) => None,
    };
    rows.extend(deleted.map(|words| (landing.branch.clone(), words)));
    if let Some(remote) = &landing.pushed_to {
        rows.push((remote.clone(), format!("{would}pushed to, in one push")));
    }
    let columns = rows
        .iter()
        .map(|(name, _)| width(name))
        .max()
        .unwrap_or(0)
        .min(30);
    for (name, words) in rows {
        page.did(format!("  {}  {words}", padded(&name, columns)));
    }
}

fn target_words(target: &Target, dry_run: bool) -> String {
    match &target.outcome {
        Outcome::Contained => format!("{} holds the fix already", target.result.short()),
        Outcome::Conflict { files } => format!("conflicts in {}", landing::files_in_words(files)),
        Outcome::Merged { .. } => {
            let what = match (target.role, dry_run) {
                (Role::Production, false) => "landed",
                (Role::Production, true) => "would land",
                (Role::BackMerge, false) => "merged back",
                (Role::BackMerge, true) => "would be merged back",
            };
            format!(
                "{}..{}  {what}",
                target.start.short(),
                target.result.short()
            )
        }
    }
}

/// What was landed here only, as one push that can be pasted.
fn push_command(args: &FinishArgs, landing: &Landing) -> Option<String> {
    let ahead = |target: &&Target| {
        target.remote.is_some() && target.remote.as_ref() != Some(&target.result)
    };
    if args.push || !landing.targets.iter().any(|target| ahead(&target)) {
        return None;
    }
    Some("git hotfix finish --push".to_owned() + if landing.tag.is_some() { " --tag" } else { "" })
}
