//! One file a command: its options, whose doc comments are its help, and what it says.

pub(super) mod abandon;
pub(super) mod adopt;
pub(super) mod agent;
pub(super) mod announce;
pub(super) mod cause;
pub(super) mod changes;
pub(super) mod check;
pub(super) mod commit;
pub(super) mod complete;
pub(super) mod completions;
pub(super) mod config;
pub(super) mod deliver;
pub(super) mod deployed;
pub(super) mod doctor;
pub(super) mod edit;
pub(super) mod finish;
pub(super) mod gate;
pub(super) mod hook;
pub(super) mod hooks;
pub(super) mod impact;
pub(super) mod init;
pub(super) mod install_extras;
pub(super) mod lines;
pub(super) mod list;
pub(super) mod mitigate;
pub(super) mod note;
pub(super) mod postmortem;
pub(super) mod publish;
pub(super) mod reopen;
pub(super) mod resolve;
pub(super) mod revert;
pub(super) mod schema;
pub(super) mod severity;
pub(super) mod show;
pub(super) mod start;
pub(super) mod status;
pub(super) mod task;
pub(super) mod tour;
pub(super) mod verify;

use super::args::At;
use super::ui::{Page, Paint, Ui, paint};
use crate::record::when;
use crate::workflow::log::{Logged, Target};
use crate::workflow::{Context, Result};
use chrono::{DateTime, Utc};

/// The target of a command that records.
fn target<'a>(given: Option<&'a str>, at: &'a At) -> Target<'a> {
    Target {
        incident: given,
        at: at.at.as_deref(),
    }
}

/// A clock time in the person's zone, as a responder reads it.
fn clock(ctx: &Context<'_>, at: DateTime<Utc>) -> String {
    at.with_timezone(&ctx.env.zone())
        .format("%H:%M")
        .to_string()
}

/// The person's zone at a time: `UTC`, `UTC+1`, `UTC-3:30`.
fn zone(ctx: &Context<'_>, at: DateTime<Utc>) -> String {
    let offset = at.with_timezone(&ctx.env.zone()).offset().local_minus_utc();
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// A length of time from seconds.
fn span(seconds: i64) -> String {
    when::span(chrono::TimeDelta::seconds(seconds))
}

/// `1 commit`, `2 commits`.
fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A severity's name, coloured by how it is meant: the gravest stands out.
fn severity(ctx: &Context<'_>, name: &str) -> String {
    let rows = ctx.settings.severities.rows();
    match rows.iter().position(|row| row.name == name) {
        Some(0) => paint(Paint::Bad, name),
        Some(1) => paint(Paint::Warn, name),
        _ => name.to_owned(),
    }
}

/// The severities to choose from, as a synopsis: `P0|P1|P2`.
fn severity_names(ctx: &Context<'_>) -> String {
    let rows = ctx.settings.severities.rows();
    rows.iter()
        .map(|row| row.name.as_str())
        .collect::<Vec<_>>()
        .join("|")
}

/// The one next step at the end.
fn next_step(page: &mut Page, command: &str, reason: &str) {
    page.hint(format!("\nNext: {reason}"));
    page.hint(format!("  {}", paint(Paint::Bold, command)));
}

/// What every recording command says: the line that is on the record now.
fn say_logged(ui: &Ui, ctx: &Context<'_>, logged: Result<Logged>) -> super::CommandResult {
    let logged = logged?;
    ui.say(&logged, ctx.take_warnings(), |page| {
        page.did(format!("{}  {}", clock(ctx, logged.at), logged.text));
    });
    Ok(0)
}

/// The same for a milestone, after which one wants to know how it goes on.
fn say_milestone(ui: &Ui, ctx: &Context<'_>, logged: Result<Logged>) -> super::CommandResult {
    let logged = logged?;
    ui.say(&logged, ctx.take_warnings(), |page| {
        page.did(format!("{}  {}", clock(ctx, logged.at), logged.text));
        if let (Some(command), Some(reason)) = (&logged.next, &logged.next_reason) {
            next_step(page, command, reason);
        }
    });
    Ok(0)
}
