//! Timeline lines.

use super::super::text::{Patch, bullet, one_line};
use super::super::when::stamp;
use super::super::{Entry, Milestone, Record, Section, SectionName};
use super::place;
use super::with;
use chrono::{DateTime, Utc};

/// The record with a timeline line more, in its place by time.
pub(super) fn add(record: &Record, at: DateTime<Utc>, text: &str) -> Option<Record> {
    let record = place::with_section(record, SectionName::Timeline);
    let section = record.section(SectionName::Timeline)?;
    let (time, text) = (stamp(at), one_line(text));
    let patches = match neighbour(record.timeline(), at) {
        Some((entry, after)) => {
            let line = beside(&record, entry, &time, &text);
            let place = if after {
                entry.span.end
            } else {
                entry.span.start
            };
            vec![place::line_in(record.text(), section, place, &line)]
        }
        None => first(&record, section, format!("- {time}: {text}").trim_end()),
    };
    Some(with(record, patches))
}

/// The record with a milestone's line.
pub(super) fn milestone(
    record: &Record,
    milestone: Milestone,
    at: DateTime<Utc>,
    detail: Option<&str>,
) -> Option<Record> {
    let detail = one_line(detail.unwrap_or_default());
    let phrase = milestone.phrase();
    if detail.is_empty() {
        return add(record, at, phrase);
    }
    add(record, at, &format!("{phrase} - {detail}"))
}

/// The entry a new one stands beside, and whether behind it: the last that is not later, else the
/// first that is, else the last of those without a time.
fn neighbour(entries: &[Entry], at: DateTime<Utc>) -> Option<(&Entry, bool)> {
    let not_later = |entry: &&Entry| entry.at.is_some_and(|time| time <= at);
    if let Some(entry) = entries.iter().rfind(not_later) {
        return Some((entry, true));
    }
    let later = entries.iter().find(|entry| entry.at.is_some());
    later
        .map(|entry| (entry, false))
        .or(entries.last().map(|entry| (entry, true)))
}

/// An entry's line in the form of its neighbour: list marker and indentation, or a table's row.
fn beside(record: &Record, entry: &Entry, time: &str, text: &str) -> String {
    let layout = record.layout();
    let line = entry.line - 1;
    let raw = layout.bare(record.text(), line);
    let Some(row) = layout.rows_in(&(line..line + 1)).first() else {
        let line = format!("{}{time}: {text}", &raw[..bullet(raw)]);
        return line.trim_end().to_owned();
    };
    let text = text.replace('|', "\\|");
    match row.cells.len() {
        0 | 1 => format!("| {time}: {text} |"),
        cells => format!("| {time} | {text} |{}", "  |".repeat(cells - 2)),
    }
}

/// The first entry of a timeline: in a placeholder's place, else behind what stands there.
fn first(record: &Record, section: &Section, line: &str) -> Vec<Patch> {
    let hints = place::placeholders(record, section);
    if hints.is_empty() {
        return vec![place::append(record, section, line)];
    }
    place::instead(record, &hints, line)
}
