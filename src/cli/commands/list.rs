//! `list`

use super::status::status_word;
use super::{severity, span};
use crate::cli::CommandResult;
use crate::cli::table::{cut, padded, width};
use crate::cli::ui::{Page, Ui};
use crate::workflow::Context;
use crate::workflow::list::{self, Row};
use clap::Args;
use serde::Serialize;

/// The open incidents, or all
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Also those that are over
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Incidents {
    incidents: Vec<Row>,
}

pub(crate) fn cmd_list(ui: &Ui, ctx: &Context<'_>, args: &ListArgs) -> CommandResult {
    let found = Incidents {
        incidents: list::list(ctx, args.all)?,
    };
    ui.say(&found, ctx.take_warnings(), |page| {
        rows(page, ui, ctx, &found.incidents);
        if found.incidents.is_empty() {
            let none = if args.all {
                "No incident yet."
            } else {
                "No incident is open here."
            };
            page.hint(none);
        }
    });
    Ok(0)
}

/// A line an incident: severity, state, time, id and as much of the title as fits.
pub(super) fn rows(page: &mut Page, ui: &Ui, ctx: &Context<'_>, rows: &[Row]) {
    let states: Vec<String> = rows.iter().map(state).collect();
    let state_width = states.iter().map(|state| width(state)).max().unwrap_or(0);
    let name_width = rows.iter().map(|row| width(name(row))).max().unwrap_or(0);
    for (row, state) in rows.iter().zip(states) {
        let gap = " ".repeat(name_width - width(name(row)));
        let head = format!(
            "{}{gap}  {}",
            severity(ctx, name(row)),
            padded(&state, state_width)
        );
        let used = name_width + 2 + state_width + 2;
        // The id names the incident; the title says it better where there is room for both.
        let rest = if used + width(&row.id) + 2 + 20 <= ui.width {
            let room = ui.width - used - width(&row.id) - 2;
            format!("{}  {}", row.id, cut(&row.title, room))
        } else {
            // What is left of a long one is still a part that '-i' takes.
            cut(&row.id, ui.width.saturating_sub(used).max(30))
        };
        page.line(format!("{head}  {rest}"));
    }
}

fn name(row: &Row) -> &str {
    row.severity.as_deref().unwrap_or("P?")
}

fn state(row: &Row) -> String {
    match (row.open, row.seconds_open) {
        (true, Some(seconds)) => format!("{}, open {}", status_word(row.status), span(seconds)),
        (false, Some(seconds)) => format!("{} after {}", status_word(row.status), span(seconds)),
        (_, None) => status_word(row.status),
    }
}
