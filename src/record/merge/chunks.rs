//! A record in pieces that merge by themselves: what stands before the sections, and each section.

use super::super::sections::{dividers, words};
use super::super::{Record, SectionName};
use super::tokens::{Fields, tokens};
use super::{Out, Sides, entries, hunks, is_blank};
use std::collections::HashMap;
use std::ops::Range;

/// What makes two versions' pieces the same piece.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Everything before the first section.
    Head,
    /// The first section of that name, whatever its title.
    Known(SectionName),
    /// Any other, by level, title and how many of that title came before.
    Other(usize, String, usize),
}

/// One piece, in lines.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) key: Key,
    heading: Range<usize>,
    body: Range<usize>,
}

impl Chunk {
    fn lines(&self) -> Range<usize> {
        self.heading.start..self.body.end
    }
}

/// A record's pieces in their order; the head is always there.
pub(super) fn read(record: &Record) -> Vec<Chunk> {
    let (text, layout) = (record.text(), record.layout());
    let headings: Vec<_> = dividers(layout).skip_while(|h| h.level == 1).collect();
    let end = layout.lines.len();
    let starts = |at: usize| headings.get(at).map_or(end, |h| h.lines.start);
    let mut chunks = vec![Chunk {
        key: Key::Head,
        heading: 0..0,
        body: 0..starts(0),
    }];
    let first = |name| record.section(name).map(|section| (section.line, name));
    let known: HashMap<usize, SectionName> =
        SectionName::ALL.into_iter().filter_map(first).collect();
    let mut seen: HashMap<(usize, String), usize> = HashMap::new();
    for (at, heading) in headings.iter().enumerate() {
        let title = words(text, layout, heading);
        let known = known.get(&(heading.lines.start + 1)).copied();
        let key = known.map_or_else(
            || {
                let title = title.to_lowercase();
                let count = seen.entry((heading.level, title.clone())).or_default();
                *count += 1;
                Key::Other(heading.level, title, *count)
            },
            Key::Known,
        );
        chunks.push(Chunk {
            key,
            heading: heading.lines.clone(),
            body: heading.lines.end..starts(at + 1).max(heading.lines.end),
        });
    }
    chunks
}

/// Merges one piece's versions.
pub(super) fn merge(records: &Sides<&Record>, versions: &Sides<Option<&Chunk>>, out: &mut Out) {
    let whole = |record: &Record, chunk: &Chunk| -> String {
        record.text()[record.layout().bytes(&chunk.lines())].to_owned()
    };
    let (one, other) = match (versions.one, versions.other) {
        (Some(one), Some(other)) => (one, other),
        (Some(one), None) => return out.push(&whole(records.one, one)),
        (None, Some(other)) => return out.push(&whole(records.other, other)),
        (None, None) => return,
    };
    let piece = |record: &'_ Record, lines: Range<usize>| -> (Range<usize>, Range<usize>) {
        let mut end = lines.end;
        while end > lines.start && record.layout().is_blank(record.text(), end - 1) {
            end -= 1;
        }
        (lines.start..end, end..lines.end)
    };
    let bodies = Sides {
        base: versions
            .base
            .map_or((0..0, 0..0), |c| piece(records.base, c.body.clone())),
        one: piece(records.one, one.body.clone()),
        other: piece(records.other, other.body.clone()),
    };
    let raw = |record: &'_ Record, lines: &Range<usize>| -> String {
        record.text()[record.layout().bytes(lines)].to_owned()
    };
    out.push(&changed(Sides {
        base: versions.base.map(|c| raw(records.base, &c.heading)),
        one: Some(raw(records.one, &one.heading)),
        other: Some(raw(records.other, &other.heading)),
    }));
    let lines = Sides {
        base: bodies.base.0,
        one: bodies.one.0,
        other: bodies.other.0,
    };
    match &one.key {
        Key::Known(SectionName::Timeline) => entries::merge(records, &lines, out),
        key => prose(records, &lines, key, out),
    }
    let blank = changed(Sides {
        base: versions.base.map(|_| raw(records.base, &bodies.base.1)),
        one: Some(raw(records.one, &bodies.one.1)),
        other: Some(raw(records.other, &bodies.other.1)),
    });
    if blank.lines().all(is_blank) {
        out.push(&blank);
    }
}

/// Merges lines that are neither timeline nor heading.
pub(super) fn prose(
    records: &Sides<&Record>,
    lines: &Sides<Range<usize>>,
    key: &Key,
    out: &mut Out,
) {
    let fields = match key {
        Key::Head => Fields::All,
        Key::Known(SectionName::Investigation) => Fields::Investigation,
        _ => Fields::None,
    };
    let tokens = Sides {
        base: tokens(records.base, &lines.base, fields),
        one: tokens(records.one, &lines.one, fields),
        other: tokens(records.other, &lines.other, fields),
    };
    hunks::merge(&tokens, out);
}

/// Of two versions the one that changed; the first when both did.
pub(super) fn changed(versions: Sides<Option<String>>) -> String {
    let Sides { base, one, other } = versions;
    let pick = if one == base {
        other.or(one)
    } else {
        one.or(other)
    };
    pick.unwrap_or_default()
}
