//! `status`, and `git hotfix` alone

use super::task::task_words;
use super::{clock, next_step, plural, severity, span, zone};
use crate::cli::CommandResult;
use crate::cli::table::{cut, padded, width};
use crate::cli::ui::{Page, Paint, Ui, paint};
use crate::record::{ItemState, Status};
use crate::workflow::status::{self, CheckItem, Pushed, Report};
use crate::workflow::unfinished::{self, Unfinished};
use crate::workflow::{Context, ErrorKind, incident, list};
use serde::Serialize;

/// How many timeline lines fit beside a checklist.
const LATEST: usize = 4;

pub(crate) fn cmd_status(ui: &Ui, ctx: &Context<'_>, given: Option<&str>) -> CommandResult {
    let report = status::status(ctx, given)?;
    ui.say(&report, ctx.take_warnings(), |page| {
        words(page, ui, ctx, &report)
    });
    Ok(0)
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Overview {
    incidents: Vec<list::Row>,
    /// Resolved ones whose postmortem is not complete, or not committed.
    unfinished: Vec<Unfinished>,
}

/// The current incident; without one, the open ones and how to start.
pub(crate) fn cmd_overview(ui: &Ui, ctx: &Context<'_>, given: Option<&str>) -> CommandResult {
    match incident::choose(ctx, given) {
        Ok(id) => cmd_status(ui, ctx, Some(&id)),
        Err(error) if given.is_some() || error.kind != ErrorKind::Usage => Err(error),
        Err(_) => {
            let overview = Overview {
                incidents: list::list(ctx, false)?,
                unfinished: unfinished::list(ctx)?,
            };
            ui.say(&overview, ctx.take_warnings(), |page| {
                // Who has a fire to put out is not told of homework.
                let mut waiting = None;
                if overview.incidents.is_empty() {
                    page.line("No incident is open here.");
                    postmortems(page, ui, ctx, &overview.unfinished);
                    waiting = overview.unfinished.first();
                } else {
                    super::list::rows(page, ui, ctx, &overview.incidents);
                    page.hint(
                        "\nGo to one's branch, or say which: git hotfix status -i <part of its id>",
                    );
                }
                if let Some(latest) = waiting {
                    let reason = if latest.complete {
                        "put the postmortem on record"
                    } else {
                        "finish the postmortem"
                    };
                    return next_step(page, &latest.next, reason);
                }
                let command = format!(
                    "git hotfix start \"what is broken\" -s {}",
                    super::severity_names(ctx)
                );
                next_step(page, &command, "when something breaks");
            });
            Ok(0)
        }
    }
}

/// What is easily forgotten once it is over.
fn postmortems(page: &mut Page, ui: &Ui, ctx: &Context<'_>, unfinished: &[Unfinished]) {
    if unfinished.is_empty() {
        return;
    }
    page.line("\nResolved, with a postmortem that waits:");
    for one in unfinished {
        let name = one.severity.as_deref().unwrap_or("P?");
        let state = if one.complete {
            "to be committed"
        } else {
            "not complete"
        };
        let room = ui.width.saturating_sub(width(name) + 2 + 15 + 2);
        page.line(format!(
            "{}  {}  {}",
            severity(ctx, name),
            padded(state, 15),
            cut(&one.id, room)
        ));
    }
}

fn words(page: &mut Page, ui: &Ui, ctx: &Context<'_>, report: &Report) {
    heading(page, ui, ctx, report);
    page.line(format!("    {}", progress(report)));
    branch(page, ui, report);
    if let Some(task) = &report.task {
        page.line(cut(
            &format!("    task {}", task_words(ctx, task)),
            ui.width,
        ));
    }
    page.line("");
    lists(page, ui, ctx, report);
    updates(page, ctx, report);
    if let (Some(command), Some(reason)) = (&report.next, &report.next_reason) {
        next_step(page, command, reason);
    }
}

fn heading(page: &mut Page, ui: &Ui, ctx: &Context<'_>, report: &Report) {
    let name = report.severity.as_deref().unwrap_or("P?");
    let since = match (report.open, report.seconds_open) {
        (true, Some(seconds)) => format!("open {}", span(seconds)),
        (false, Some(seconds)) => {
            format!(
                "{} after {}",
                report.status.words().to_lowercase(),
                span(seconds)
            )
        }
        (_, None) => report.status.words().to_lowercase(),
    };
    let columns = ui.width.saturating_sub(width(name) + 2 + width(&since) + 2);
    let title = padded(&cut(&report.title, columns), columns);
    page.line(format!(
        "{}  {}  {since}",
        severity(ctx, name),
        paint(Paint::Bold, title)
    ));
}

/// `mitigated after 9 min (rollback), cause known, not deployed`
fn progress(report: &Report) -> String {
    let mitigated = match (report.seconds_to_mitigate, &report.mitigation) {
        (Some(seconds), Some(kind)) => format!("mitigated after {} ({kind})", span(seconds)),
        (Some(seconds), None) => format!("mitigated after {}", span(seconds)),
        (None, _) => paint(Paint::Bad, "not mitigated"),
    };
    let cause = if report.cause_known {
        "cause known"
    } else {
        "cause unknown"
    };
    let fix = match (report.deployed, report.landed) {
        (true, _) => "deployed",
        (false, true) => "landed, not deployed",
        (false, false) => "not deployed",
    };
    format!("{mitigated}, {cause}, {fix}")
}

/// `hotfix/login: 2 commits on v2.3.1, not pushed`
fn branch(page: &mut Page, ui: &Ui, report: &Report) {
    let Some(branch) = &report.branch else {
        return page.line("    no hotfix branch");
    };
    let state = branch_state(report);
    let line = format!("    {branch}: {state}");
    if width(&line) <= ui.width {
        return page.line(line);
    }
    // The name is for pasting, so it is not cut.
    page.line(format!("    {branch}:"));
    page.line(format!("    {state}"));
}

fn branch_state(report: &Report) -> String {
    if !report.branch_exists {
        let why = if report.landed {
            "landed and deleted"
        } else {
            "not in this repository"
        };
        return why.to_owned();
    }
    let base = report.base.as_deref().unwrap_or("its base");
    let base = base.split_once(" (").map_or(base, |(name, _)| name);
    let pushed = match (report.pushed, report.remote_has_more) {
        (Pushed::No, _) => "not pushed",
        (Pushed::Partly, false) => "pushed in part",
        (Pushed::Partly, true) => "pushed, and other commits are there",
        (Pushed::Yes, false) => "pushed",
        (Pushed::Yes, true) => "pushed, and more is there",
    };
    let commits = plural(report.commits, "commit");
    format!("{commits} on {base}, {pushed}")
}

/// When stakeholders must hear of it next, and what has not reached them.
fn updates(page: &mut Page, ctx: &Context<'_>, report: &Report) {
    let due = report.seconds_to_update.map(|seconds| match seconds {
        0.. => format!("Update to stakeholders due in {}.", span(seconds)),
        _ => {
            let words = format!("Update to stakeholders was due {} ago.", span(-seconds));
            paint(Paint::Warn, words)
        }
    });
    if due.is_some() || !report.updates_waiting.is_empty() {
        page.line("");
    }
    due.into_iter().for_each(|line| page.line(line));
    for waiting in &report.updates_waiting {
        let to = waiting.to.join(", ");
        let again = match (waiting.due, &waiting.trouble) {
            (_, None) => "on its way".to_owned(),
            (Some(at), Some(trouble)) => format!("{trouble}; again at {}", clock(ctx, at)),
            (None, Some(trouble)) => {
                format!("{trouble}; then: git hotfix announce --to {to}")
            }
        };
        page.line(format!("Update to {to}: {again}"));
    }
}

/// Checklist and timeline, side by side where there is room.
fn lists(page: &mut Page, ui: &Ui, ctx: &Context<'_>, report: &Report) {
    let shown = report.timeline.len().min(LATEST);
    let mut left = vec!["Before deploying".to_owned()];
    left.extend(report.checklist.iter().map(item_words));
    if report.landed || !report.open || report.checklist.is_empty() {
        left.clear();
    }
    let total = report.timeline.len();
    let latest = report.timeline.iter().rev().find_map(|line| line.at);
    let mut about: Vec<String> = latest.map(|at| zone(ctx, at)).into_iter().collect();
    if total > shown {
        about.push(format!("last {shown} of {total}"));
    }
    let mut right = vec![match about.is_empty() {
        true => "Timeline".to_owned(),
        false => format!("Timeline ({})", about.join(", ")),
    }];
    right.extend(report.timeline.iter().rev().take(shown).map(|line| {
        let at = line.at.map_or("--:--".to_owned(), |at| clock(ctx, at));
        format!("  {at}  {}", line.text)
    }));
    let columns = left
        .iter()
        .map(|text| width(text))
        .max()
        .unwrap_or(0)
        .min(ui.width / 2)
        + 2;
    if left.is_empty() || columns + 30 > ui.width {
        for text in &left {
            page.line(painted(&cut(text, ui.width)));
        }
        for text in &right {
            page.line(cut(text, ui.width));
        }
        return;
    }
    for row in 0..left.len().max(right.len()) {
        let left = left.get(row).map_or("", String::as_str);
        let right = right.get(row).map_or("", String::as_str);
        let left = cut(left, columns - 2);
        if right.is_empty() {
            page.line(painted(&left));
            continue;
        }
        let right = cut(right, ui.width - columns);
        page.line(format!("{}{right}", painted(&padded(&left, columns))));
    }
}

/// An item of the checklist on a line.
pub(super) fn item_words(item: &CheckItem) -> String {
    let mark = match item.state {
        ItemState::Done => "[x]",
        ItemState::Skipped => "[-]",
        ItemState::Open => "[ ]",
    };
    let optional = if item.optional { " (optional)" } else { "" };
    format!("  {mark} {}{optional}", item.label)
}

/// Open items stand out; the line is padded and cut before, since marks take no columns.
fn painted(line: &str) -> String {
    match line.trim_start().get(..3) {
        Some("[x]") => paint(Paint::Good, line),
        Some("[ ]") if !line.contains("(optional)") => paint(Paint::Warn, line),
        _ => line.to_owned(),
    }
}

/// A status as one short word for lists.
pub(super) fn status_word(status: Status) -> String {
    status.words().to_lowercase()
}
