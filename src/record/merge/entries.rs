//! Timelines: united, and sorted by time.

use super::super::text::{bullet, task_mark};
use super::super::{Entry, Record, SectionName};
use super::chunks::{self, Key};
use super::tokens::normal;
use super::{Out, Sides, is_blank};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What these lines are part of.
const HERE: Key = Key::Known(SectionName::Timeline);

/// One entry with the lines before it that belong to no entry.
struct Unit<'a> {
    /// Its time, or that of the entry it stands behind.
    order: Option<DateTime<Utc>>,
    lead: Vec<&'a str>,
    raw: &'a str,
    is_row: bool,
    key: (Option<DateTime<Utc>>, String),
}

/// One version's timeline in parts.
struct Parts<'a> {
    /// The lines before the first entry.
    intro: Range<usize>,
    units: Vec<Unit<'a>>,
    /// The lines behind the last entry.
    outro: Range<usize>,
}

/// Merges the bodies of the Timeline section.
pub(super) fn merge(records: &Sides<&Record>, lines: &Sides<Range<usize>>, out: &mut Out) {
    let base = parts(records.base, &lines.base);
    let one = parts(records.one, &lines.one);
    let other = parts(records.other, &lines.other);
    let intro = Sides {
        base: base.intro,
        one: one.intro,
        other: other.intro,
    };
    let apart = one
        .units
        .first()
        .is_some_and(|_| ends_blank(records.one, &intro.one))
        || other
            .units
            .first()
            .is_some_and(|_| ends_blank(records.other, &intro.other));
    chunks::prose(records, &intro, &HERE, out);
    if apart {
        // A side without entries brings no blank line, and without one HTML would swallow them.
        out.gap();
    }
    let (rows, items): (Vec<_>, Vec<_>) = united(one.units, other.units)
        .into_iter()
        .partition(|unit| unit.is_row);
    // Above the rows, a table's head is theirs wherever it stood.
    let leads = rows.iter().flat_map(|unit| &unit.lead);
    for lead in leads.filter(|lead| !is_blank(lead)) {
        out.gap();
        out.push(lead.trim_start_matches(['\r', '\n']));
    }
    for unit in &rows {
        out.push(unit.raw);
    }
    if !rows.is_empty() && !items.is_empty() {
        out.gap();
    }
    for unit in &items {
        for lead in &unit.lead {
            out.push(lead);
        }
        out.push(unit.raw);
    }
    let outro = Sides {
        base: base.outro,
        one: one.outro,
        other: other.outro,
    };
    let more = |record: &Record, lines: &Range<usize>| {
        !record.text()[record.layout().bytes(lines)]
            .trim()
            .is_empty()
    };
    if more(records.one, &outro.one) || more(records.other, &outro.other) {
        out.gap();
    }
    chunks::prose(records, &outro, &HERE, out);
}

fn parts<'a>(record: &'a Record, lines: &Range<usize>) -> Parts<'a> {
    let (text, layout) = (record.text(), record.layout());
    let mut units: Vec<Unit<'a>> = Vec::new();
    let mut intro = lines.clone();
    let mut end = lines.start;
    for entry in record.timeline() {
        let (from, to) = (entry.line - 1, layout.lines_in(&entry.span).end);
        if !lines.contains(&from) {
            continue;
        }
        let lead = if units.is_empty() {
            intro = lines.start..from;
            ""
        } else {
            &text[layout.bytes(&(end..from))]
        };
        let order = entry.at.or(units.last().and_then(|unit| unit.order));
        units.push(Unit {
            order,
            lead: if lead.is_empty() {
                Vec::new()
            } else {
                vec![lead]
            },
            raw: &text[entry.span.clone()],
            is_row: !layout.rows_in(&(from..from + 1)).is_empty(),
            key: key(text, entry),
        });
        end = to;
    }
    let outro = if units.is_empty() {
        lines.end..lines.end
    } else {
        end..lines.end
    };
    Parts {
        intro,
        units,
        outro: trimmed(record, outro),
    }
}

fn ends_blank(record: &Record, lines: &Range<usize>) -> bool {
    let last = lines.clone().next_back();
    last.is_some_and(|line| record.layout().is_blank(record.text(), line))
}

/// Lines without the blank ones at their beginning.
fn trimmed(record: &Record, mut lines: Range<usize>) -> Range<usize> {
    while !lines.is_empty() && record.layout().is_blank(record.text(), lines.start) {
        lines.start += 1;
    }
    lines
}

/// What makes two entries the same: their time, their words and what continues them, in whatever
/// form of list or table they stand.
fn key(text: &str, entry: &Entry) -> (Option<DateTime<Utc>>, String) {
    let raw = &text[entry.span.clone()];
    if entry.at.is_some() {
        let more = raw.split_once('\n').map_or("", |(_, more)| more);
        return (entry.at, format!("{}\n{}", entry.text, normal(more)));
    }
    let words = &raw[bullet(raw)..];
    let words = if task_mark(words).is_some() {
        &words[3..]
    } else {
        words
    };
    (None, normal(words.trim_start()))
}

/// The entries of both sides, each as often as it stands on the side that has it more often.
fn united<'a>(one: Vec<Unit<'a>>, other: Vec<Unit<'a>>) -> Vec<Unit<'a>> {
    let mut there: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, unit) in one.iter().enumerate().rev() {
        there.entry(unit.key.clone()).or_default().push(at);
    }
    let leads = one
        .iter()
        .flat_map(|unit| unit.lead.iter().map(|lead| lead.trim()));
    let mut leads: HashSet<&str> = leads.collect();
    let mut all = one;
    for mut unit in other {
        unit.lead
            .retain(|lead| is_blank(lead) || leads.insert(lead.trim()));
        match there.get_mut(&unit.key).and_then(Vec::pop) {
            Some(at) => {
                let words = unit.lead.into_iter().filter(|lead| !is_blank(lead));
                all[at].lead.extend(words);
            }
            None => all.push(unit),
        }
    }
    all.sort_by_key(|unit| unit.order);
    all
}
