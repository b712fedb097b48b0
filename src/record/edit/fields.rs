//! Header lines.

use super::super::header::{Placed, key_value};
use super::super::layout::Kind;
use super::super::text::{Patch, at_line_start, bullet, eol_at, one_line, patched};
use super::super::{Field, Record, SectionName};
use super::place;

/// The record with a header's value set; nothing when it says so already.
pub(super) fn set(record: &Record, field: Field, value: &str) -> Option<Record> {
    let value = one_line(value);
    let value = if value.is_empty() {
        field.placeholder()
    } else {
        &value
    };
    let patch = match record.placed(field) {
        Some(placed) if &record.text()[placed.value.clone()] == value => return None,
        Some(placed) => replacement(record, placed, value),
        None => match missing(record, field, value) {
            Some(patch) => patch,
            None => {
                let added = place::with_section(record, SectionName::Investigation);
                let placed = added.placed(field)?;
                let patch = replacement(&added, placed, value);
                return Some(Record::parse(patched(added.text(), vec![patch])));
            }
        },
    };
    Some(Record::parse(patched(record.text(), vec![patch])))
}

/// A value in the place of the one that stands there.
pub(super) fn replacement(record: &Record, placed: &Placed, value: &str) -> Patch {
    let before = &record.text()[record.layout().lines[placed.line].start..placed.value.start];
    let key = before.trim_end();
    let colon = key.ends_with(':') || key.ends_with(":**") || key.ends_with(":__");
    // Without a colon of its own the line would take the value's for it.
    let colon = if value.starts_with(':') && !colon {
        ": "
    } else {
        ""
    };
    let space = if before.ends_with([' ', '\t']) {
        ""
    } else {
        " "
    };
    Patch {
        range: placed.value.clone(),
        with: format!("{space}{colon}{value}"),
    }
}

/// A new line beside its neighbours in the template's order, in their form; nothing when it needs
/// a section first.
fn missing(record: &Record, field: Field, value: &str) -> Option<Patch> {
    let siblings = field.siblings();
    let place = siblings.iter().position(|f| *f == field)?;
    let (before, after) = siblings.split_at(place);
    if let Some(placed) = before.iter().rev().find_map(|f| record.placed(*f)) {
        let line = beside(record, placed, field, value);
        return Some(place::line_at(
            record.text(),
            end_of(record, placed.line),
            &line,
        ));
    }
    if let Some(placed) = after.iter().find_map(|f| record.placed(*f)) {
        let line = beside(record, placed, field, value);
        let at = record.layout().lines[placed.line].start;
        return Some(place::line_at(record.text(), at, &line));
    }
    let line = format!("**{}**: {value}", field.key());
    if field.is_investigation() {
        let section = record.section(SectionName::Investigation)?;
        return Some(place::append(record, section, &format!("- {line}")));
    }
    Some(below_title(record, &line))
}

/// A field's line in the form of its neighbour: list marker, bold marks, colon and hard break.
fn beside(record: &Record, placed: &Placed, field: Field, value: &str) -> String {
    let (text, layout) = (record.text(), record.layout());
    let raw = layout.bare(text, placed.line);
    let start = layout.lines[placed.line].start;
    let head = &raw[..placed.value.start - start];
    let indent = raw.len() - raw.trim_start_matches([' ', '\t']).len();
    let prefix = &raw[..bullet(raw).max(indent)];
    let bold = if head[prefix.len()..].starts_with("__") {
        "__"
    } else {
        "**"
    };
    let key = field.key();
    let key = if head.contains(&format!(":{bold}")) {
        format!("{bold}{key}:{bold}")
    } else {
        format!("{bold}{key}{bold}:")
    };
    let hard_break = &raw[placed.value.end - start..];
    format!("{prefix}{key} {value}{hard_break}")
}

/// The byte behind a field's line and what continues it.
fn end_of(record: &Record, line: usize) -> usize {
    let (text, layout) = (record.text(), record.layout());
    let item = layout.items_in(&(line..line + 1)).first();
    if let Some(item) = item {
        return layout.bytes(&item.lines).end;
    }
    let continues = |line: &usize| {
        layout.kinds.get(*line) == Some(&Kind::Paragraph)
            && !layout.is_blank(text, *line)
            && key_value(layout.bare(text, *line)).is_none()
            && !layout.conflicts.contains(line)
    };
    let more = (line + 1..).take_while(continues).count();
    layout.lines[line + more].end
}

/// A first header line: below the title, or at the top when there is none before the sections.
fn below_title(record: &Record, line: &str) -> Patch {
    let (text, layout) = (record.text(), record.layout());
    // Behind a section's heading the line would be no header.
    let first = record.sections().first().map(|section| section.line - 1);
    let title = record.title_line();
    let title = title.filter(|&at| first.is_none_or(|first| at < first));
    let heading = title.and_then(|at| layout.headings.iter().find(|h| h.lines.start == at));
    let at = heading.map_or(layout.start, |heading| layout.bytes(&heading.lines).end);
    let eol = eol_at(text, at);
    let mut with = String::new();
    if !at_line_start(text, at) {
        with.push_str(eol);
    }
    if heading.is_some() {
        with.push_str(eol);
    }
    with.push_str(line);
    with.push_str(eol);
    with.push_str(place::blank_before(text, at, eol));
    Patch::insert(at, with)
}
