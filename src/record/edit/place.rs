//! Where new lines go: sections that are missing, and the end of those that are there.

use super::super::layout::Layout;
use super::super::sections::{Body, body_lines};
use super::super::text::{Patch, at_line_start, eol_at, patched};
use super::super::{Record, Section, SectionName, template};
use std::ops::Range;

/// The record with a section of that name: as it is, or with the template's section added.
pub(super) fn with_section(record: &Record, name: SectionName) -> Record {
    if record.section(name).is_some() {
        return record.clone();
    }
    let text = record.text();
    let here = |name: &SectionName| record.section(*name);
    let place = SectionName::ALL
        .iter()
        .position(|n| *n == name)
        .unwrap_or(0);
    let (before, after) = SectionName::ALL.split_at(place);
    let at = match before.iter().rev().find_map(here) {
        Some(section) => section.body.end,
        None => after
            .iter()
            .find_map(here)
            .map_or(text.len(), |s| s.heading.start),
    };
    let eol = eol_at(text, at);
    let section = format!("## {}\n{}", name.title(), template::body(name));
    let mut with = gap(record, at);
    with.push_str(&section.replace('\n', eol));
    if at < text.len() {
        with.push_str(eol);
    }
    Record::parse(patched(text, vec![Patch::insert(at, with)]))
}

/// What stands between the text before `at` and a new block: a blank line, and before it what
/// closes a block that would otherwise swallow the new one.
fn gap(record: &Record, at: usize) -> String {
    let text = record.text();
    let eol = eol_at(text, at);
    let before = &text[record.layout().start.min(at)..at];
    let mut out = String::new();
    if !at_line_start(text, at) {
        out.push_str(eol);
    }
    if let Some(closer) = closer(record, at) {
        out.push_str(closer);
        out.push_str(eol);
        out.push_str(eol);
    } else if !before.trim().is_empty() && !ends_blank(before) {
        out.push_str(eol);
    }
    out
}

/// What closes the block that the end of the text cut off, when only white space follows `at`.
fn closer(record: &Record, at: usize) -> Option<&str> {
    let closer = record.layout().closer.as_deref();
    closer.filter(|_| record.text()[at..].trim().is_empty())
}

/// Whether a text's last line is blank and complete.
fn ends_blank(text: &str) -> bool {
    let before = text.strip_suffix('\n');
    let last = before.and_then(|text| text.rsplit('\n').next());
    last.is_some_and(|line| line.trim().is_empty())
}

/// Adds a block (lines joined by `\n`) behind everything a section holds, blank lines around it.
pub(super) fn append(record: &Record, section: &Section, block: &str) -> Patch {
    let (text, layout) = (record.text(), record.layout());
    let last = layout
        .lines_in(&section.body)
        .rev()
        .find(|&line| !layout.is_blank(text, line));
    let at = last.map_or(section.heading.end, |line| layout.lines[line].end);
    let eol = eol_at(text, at);
    let mut with = match last {
        Some(_) => gap(record, at),
        None if at_line_start(text, at) => String::new(),
        None => eol.to_owned(),
    };
    let ended = with.is_empty() || at_line_start(text, at) || at < text.len();
    with.push_str(&block.replace('\n', eol));
    if ended {
        with.push_str(eol);
    }
    with.push_str(blank_before(text, at, eol));
    Patch::insert(at, with)
}

/// A blank line where something follows at once: it might be the words of an underlined heading.
pub(super) fn blank_before(text: &str, at: usize, eol: &'static str) -> &'static str {
    let next = &text[at..];
    let line = next.split(['\n', '\r']).next().unwrap_or(next);
    if line.trim_matches([' ', '\t']).is_empty() {
        ""
    } else {
        eol
    }
}

/// Adds one line at the beginning of a line; at the end of a text without a final line ending, none
/// is added behind it either.
pub(super) fn line_at(text: &str, at: usize, line: &str) -> Patch {
    let eol = eol_at(text, at);
    let starts = at_line_start(text, at);
    // Behind a lone `\r` a whole line ending would make a blank line, which ends a table.
    let before = match starts {
        true => "",
        false if text[..at].ends_with('\r') => "\n",
        false => eol,
    };
    let after = if starts || at < text.len() { eol } else { "" };
    Patch::insert(at, format!("{before}{line}{after}"))
}

/// Adds one line beside others of a section. Where the section ends there, a blank line comes before
/// what follows: an underlined heading's words would go on with this line.
pub(super) fn line_in(text: &str, section: &Section, at: usize, line: &str) -> Patch {
    let mut patch = line_at(text, at, line);
    if at == section.body.end {
        patch
            .with
            .push_str(blank_before(text, at, eol_at(text, at)));
    }
    patch
}

/// The lines of a section that hold nothing but a bracketed hint.
pub(super) fn placeholders(record: &Record, section: &Section) -> Vec<usize> {
    let layout = record.layout();
    body_lines(record.text(), layout, layout.lines_in(&section.body))
        .filter(|(_, body)| *body == Body::Placeholder)
        .map(|(line, _)| line)
        .collect()
}

/// Puts `with` in the place of the first of some lines and takes the others out; a blank line comes
/// before words that follow at once.
pub(super) fn instead(record: &Record, lines: &[usize], with: &str) -> Vec<Patch> {
    let (text, layout) = (record.text(), record.layout());
    lines
        .iter()
        .enumerate()
        .map(|(nth, &line)| {
            let range = layout.lines[line].clone();
            if nth > 0 {
                return Patch {
                    range,
                    with: String::new(),
                };
            }
            let eol = eol_at(text, range.end);
            let gap = if goes_on(text, layout, lines) {
                eol
            } else {
                ""
            };
            Patch {
                range: range.start..range.start + layout.bare(text, line).len(),
                with: with.replace('\n', eol) + gap,
            }
        })
        .collect()
}

/// Whether words follow the lines at once, which would go on with what comes in their place.
fn goes_on(text: &str, layout: &Layout, lines: &[usize]) -> bool {
    let Some(mut next) = lines.first().map(|line| line + 1) else {
        return false;
    };
    while lines.contains(&next) {
        next += 1;
    }
    next < layout.lines.len()
        && !layout.is_blank(text, next)
        && layout.items_in(&(next..next + 1)).is_empty()
        && layout.rows_in(&(next..next + 1)).is_empty()
}

/// The last item of a section's outermost lists, as lines.
pub(super) fn last_item(layout: &Layout, lines: &Range<usize>) -> Option<Range<usize>> {
    layout
        .items_in(lines)
        .iter()
        .rev()
        .find(|item| item.depth == 1)
        .map(|item| item.lines.clone())
}
