//! `lines`

use super::{next_step, plural};
use crate::cli::CommandResult;
use crate::cli::table::{cut, padded, width};
use crate::cli::ui::{Page, Paint, Ui, paint};
use crate::workflow::Context;
use crate::workflow::landing::{How, files_in_words};
use crate::workflow::lines::{self, Line, Report, State};
use clap::Args;

/// Which maintained lines have the fix, and where it would merge
#[derive(Debug, Args)]
#[command(
    after_long_help = "Lines are the branches, here or on the remote, that the setting 'lines' names; \
without it release/*, releases/*, support/*, maint/* and stable/*, under git-flow its release and \
support branches. A line has the fix by its history, or by copies of its commits. Nothing is fetched: \
'git fetch' first for what the remote has now.

Examples:
  git hotfix lines
  git hotfix lines release/1.2 stable/0.9
  git config hotfix.lines 'v1-*'"
)]
pub(crate) struct LinesArgs {
    /// Look at these branches only
    #[arg(value_name = "LINE")]
    lines: Vec<String>,
}

pub(crate) fn cmd_lines(
    ui: &Ui,
    ctx: &Context<'_>,
    given: Option<&str>,
    args: &LinesArgs,
) -> CommandResult {
    let report = lines::lines(ctx, given, &args.lines)?;
    ui.say(&report, ctx.take_warnings(), |page| {
        words(page, ui, ctx, &report);
    });
    Ok(0)
}

fn words(page: &mut Page, ui: &Ui, ctx: &Context<'_>, report: &Report) {
    page.did(format!(
        "{}: {} to {}",
        report.branch,
        plural(report.commits, "commit"),
        report.tip.short()
    ));
    if report.lines.is_empty() {
        let patterns = ctx.settings.lines.join(", ");
        let words = "No branch here or on the remote is one of";
        page.hint(match words.len() + 1 + width(&patterns) < ui.width {
            true => format!("{words} {patterns}."),
            false => format!("{words}\n  {patterns}."),
        });
        page.hint("Say which are maintained: git config hotfix.lines '<pattern>'");
        return;
    }
    let columns = report.lines.iter().map(|line| width(&line.branch)).max();
    let columns = columns.unwrap_or(0).min(30);
    for line in &report.lines {
        let room = ui.width.saturating_sub(columns + 4);
        let name = padded(&cut(&line.branch, columns), columns);
        page.line(format!("  {name}  {}", state(line, room)));
    }
    if let (Some(command), Some(reason)) = (&report.next, &report.next_reason) {
        next_step(page, command, reason);
    }
}

fn state(line: &Line, room: usize) -> String {
    let along = |foreign: &usize| plural(*foreign, "commit");
    let (colour, words) = match &line.state {
        State::Held { how, by } => (Paint::Good, held(*how, by.as_ref().map(|by| by.short()))),
        State::Merges => (Paint::Bold, "merges cleanly".to_owned()),
        State::Conflicts { files } => (
            Paint::Bad,
            format!("conflicts in {}", files_in_words(files)),
        ),
        State::Picks { foreign } => (
            Paint::Warn,
            format!("a merge would drag {} along: --cherry-pick", along(foreign)),
        ),
        State::PickConflicts { foreign, files } if files.is_empty() => (
            Paint::Bad,
            format!(
                "a merge would drag {} along, and the fix holds a merge",
                along(foreign)
            ),
        ),
        State::PickConflicts { foreign, files } => (
            Paint::Bad,
            format!(
                "a pick conflicts in {}; a merge would drag {} along",
                files_in_words(files),
                along(foreign)
            ),
        ),
    };
    paint(colour, cut(&words, room))
}

fn held(how: How, by: Option<&str>) -> String {
    match (how, by) {
        (How::History, _) => "has the fix".to_owned(),
        (How::Squash, Some(by)) => format!("has the fix, as {by} alone"),
        (_, Some(by)) => format!("has the fix, picked as {by}"),
        (_, None) => "has the fix, in other words".to_owned(),
    }
}
