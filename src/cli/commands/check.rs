//! `check`

use super::At;
use super::status::item_words;
use crate::cli::CommandResult;
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::checklist::{self, Checked, Deed};
use clap::Args;

/// Tick an item of the deploy checklist, or show the list
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  git hotfix check
  git hotfix check rollback --evidence \"kubectl rollout undo, tried on staging\"
  git hotfix check 3 --skip --reason \"staging is down\"
  git hotfix check monitoring --undo")]
pub(crate) struct CheckArgs {
    /// The item: its number, or a part of its text
    #[arg(value_name = "ITEM")]
    item: Vec<String>,
    /// What shows that it is done
    #[arg(long, value_name = "TEXT")]
    evidence: Option<String>,
    /// Leave an optional item out
    #[arg(long, requires = "item", conflicts_with_all = ["evidence", "undo"])]
    skip: bool,
    /// Why it is left out
    #[arg(long, value_name = "TEXT", requires = "skip")]
    reason: Option<String>,
    /// Open it again
    #[arg(long, requires = "item", conflicts_with = "evidence")]
    undo: bool,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_check(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &CheckArgs,
) -> CommandResult {
    if args.item.is_empty() {
        let list = checklist::items(ctx, given)?;
        ui.say(&list, ctx.take_warnings(), |page| words(page, &list, false));
        return Ok(0);
    }
    let deed = match (args.skip, args.undo) {
        (true, _) => Deed::Skip {
            reason: args.reason.clone(),
        },
        (_, true) => Deed::Undo,
        _ => Deed::Tick {
            evidence: args.evidence.clone(),
        },
    };
    let item = args.item.join(" ");
    let checked = checklist::check(ctx, given, args.at.at.as_deref(), &item, &deed)?;
    ui.say(&checked, ctx.take_warnings(), |page| {
        words(page, &checked, true)
    });
    Ok(0)
}

fn words(page: &mut Page, checked: &Checked, acted: bool) {
    for item in &checked.checklist {
        let line = format!("{}{}", item.number, item_words(item));
        if acted {
            page.did(line)
        } else {
            page.line(line)
        }
        // Of a list that was asked for all evidence is of interest, else only what was just given.
        let shown = checked.item.is_none_or(|number| number == item.number);
        if let Some(evidence) = item.evidence.as_ref().filter(|_| shown) {
            let line = format!("         {evidence}");
            if acted {
                page.did(line)
            } else {
                page.line(line)
            }
        }
    }
    if checked.checklist.is_empty() {
        page.line("The record has no deploy checklist.");
    }
}
