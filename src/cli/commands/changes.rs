//! `changes`

use super::{At, plural, target};
use crate::cli::CommandResult;
use crate::cli::table::{cut, padded};
use crate::cli::ui::{Page, Paint, Ui, paint};
use crate::workflow::Context;
use crate::workflow::changes::{self, Changes, Folder};
use clap::Args;

/// What a screen holds beside the first line and the hints.
const LINES: usize = 18;

/// More folders than this say little about where to look.
const FOLDERS: usize = 6;

/// Columns of an author's name.
const AUTHOR: usize = 14;

/// What changed lately: the last release's commits, by folder
#[derive(Debug, Args)]
#[command(
    after_long_help = "Without a range: from the release before the base to the base. The range \
goes into the record's Investigation.

Examples:
  git hotfix changes
  git hotfix changes v2.2.0..v2.3.1"
)]
pub(crate) struct ChangesArgs {
    /// The last good revision and the first bad one
    #[arg(value_name = "GOOD..BAD")]
    range: Option<String>,
    #[command(flatten)]
    at: At,
}

pub(crate) fn cmd_changes(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &ChangesArgs,
) -> CommandResult {
    let changes = changes::changes(ctx, target(given, &args.at), args.range.as_deref())?;
    ui.say(&changes, ctx.take_warnings(), |page| {
        words(page, ui, &changes)
    });
    Ok(0)
}

/// One screen: the folders most touched, and the newest commits of each as long as there is room.
fn words(page: &mut Page, ui: &Ui, changes: &Changes) {
    let more = if changes.truncated { "more than " } else { "" };
    let Changes { good, bad, .. } = changes;
    page.line(format!(
        "{good}..{bad}: {more}{}",
        plural(changes.commits, "commit")
    ));
    let shown = &changes.folders[..changes.folders.len().min(FOLDERS)];
    for (folder, count) in shown.iter().zip(shares(shown)) {
        let commits = plural(folder.commits.len(), "commit");
        page.line(format!("{}  {commits}", paint(Paint::Bold, folder.words())));
        for commit in &folder.commits[..count] {
            let day = commit.at.format("%m-%d");
            let author = cut(&commit.author, AUTHOR);
            let room = ui.width.saturating_sub(2 + 7 + 2 + 5 + 2 + 2 + AUTHOR);
            let subject = padded(&cut(&commit.subject, room), room);
            page.line(format!(
                "  {}  {day}  {subject}  {author}",
                commit.id.short()
            ));
        }
    }
    if changes.folders.len() > shown.len() {
        let rest = changes.folders.len() - shown.len();
        page.line(format!("… and {}", plural(rest, "more folder")));
    }
    page.hint(format!("\nAll of it: git log --stat {good}..{bad}"));
}

/// How many commits each folder may show: in turn, until the screen is full.
fn shares(folders: &[Folder]) -> Vec<usize> {
    let mut shares = vec![0; folders.len()];
    let mut spare = LINES.saturating_sub(folders.len());
    while spare > 0 {
        let mut given = false;
        for (share, folder) in shares.iter_mut().zip(folders) {
            if spare > 0 && *share < folder.commits.len() {
                *share += 1;
                spare -= 1;
                given = true;
            }
        }
        if !given {
            break;
        }
    }
    shares
}
