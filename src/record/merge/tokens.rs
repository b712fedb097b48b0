//! The pieces a merge moves as wholes: a line, an item with what continues it, a block of code.

use super::super::checklist::tail;
use super::super::header::key_value;
use super::super::text::{bare, bullet, content, is_placeholder, task_mark};
use super::super::{Field, Record};
use super::Sides;
use std::ops::Range;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of white space.
    Blank,
    /// A header line.
    Field(Field),
    /// An item with a box.
    Task,
    /// Any other item.
    Item,
    /// A line of a paragraph, a heading, a block of code, HTML or a quote.
    Words,
}

/// One piece.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// What makes it the same piece in another version, whatever its value, tick or line ending.
    pub(super) key: String,
    /// Its bytes.
    pub(super) raw: &'a str,
}

impl Token<'_> {
    /// Whether it may be united with its like, in any order.
    pub(super) fn is_loose(&self) -> bool {
        self.kind != Kind::Words
    }

    /// Whether it is an item that somebody ticked or skipped.
    pub(super) fn is_acted_on(&self) -> bool {
        self.kind == Kind::Task
            && Ticked::read(self.raw).is_none_or(|item| item.done || !item.words.is_empty())
    }

    /// Whether it holds nothing but a bracketed hint.
    pub(super) fn is_placeholder(&self) -> bool {
        self.kind != Kind::Blank && self.raw.lines().all(|line| is_placeholder(content(line)))
    }

    /// An item's hint, and the lines that somebody wrote right below it.
    pub(super) fn below_hint(&self) -> Option<(&str, &str)> {
        let (first, words) = self.raw.split_once('\n')?;
        let hint = content(first);
        let is_item = matches!(self.kind, Kind::Task | Kind::Item) && !self.is_acted_on();
        (is_item && is_placeholder(hint) && !words.trim().is_empty()).then_some((hint, words))
    }

    /// Whether it is an item whose first line is that hint.
    pub(super) fn begins_with_hint(&self, hint: &str) -> bool {
        let first = self.raw.lines().next().unwrap_or_default();
        matches!(self.kind, Kind::Task | Kind::Item) && content(first) == hint
    }
}

/// Which bold lines are header lines in a piece of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    /// Before the sections.
    All,
    /// In Investigation.
    Investigation,
    /// In any other section.
    None,
}

/// The pieces of some lines.
pub(super) fn tokens<'a>(
    record: &'a Record,
    lines: &Range<usize>,
    fields: Fields,
) -> Vec<Token<'a>> {
    let (text, layout) = (record.text(), record.layout());
    let mut items = layout.items_in(lines).iter().peekable();
    let mut out = Vec::new();
    let mut line = lines.start;
    while line < lines.end {
        let mut end = line + 1;
        while items.next_if(|item| item.lines.start < line).is_some() {}
        if let Some(item) = items.next_if(|item| item.lines.start == line) {
            while items.next_if(|next| next.lines.start == line).is_some() {}
            let next = items.peek().map_or(lines.end, |next| next.lines.start);
            end = item.lines.end.min(next).min(lines.end).max(end);
            while end > line + 1 && layout.is_blank(text, end - 1) {
                end -= 1;
            }
        } else if !layout.is_open(line) {
            while end < lines.end && !layout.is_open(end) {
                end += 1;
            }
        }
        let raw = &text[layout.bytes(&(line..end))];
        let open = layout.is_open(line);
        out.push(token(
            raw,
            open,
            if end == line + 1 {
                fields
            } else {
                Fields::None
            },
        ));
        line = end;
    }
    out
}

fn token(raw: &str, open: bool, fields: Fields) -> Token<'_> {
    let first = bare(raw.split_inclusive('\n').next().unwrap_or(raw));
    let field = match fields {
        Fields::None => None,
        _ => key_value(first).map(|(field, _)| field),
    };
    let field = field.filter(|f| open && (fields == Fields::All || f.is_investigation()));
    let marker = if open { bullet(first) } else { 0 };
    let words = &first[marker..];
    let kind = match field {
        _ if raw.trim().is_empty() => Kind::Blank,
        Some(field) => Kind::Field(field),
        None if marker > 0 && task_mark(words).is_some() => Kind::Task,
        None if marker > 0 => Kind::Item,
        None => Kind::Words,
    };
    let key = match kind {
        Kind::Blank => String::new(),
        Kind::Field(field) => format!("field {}", field.key()),
        Kind::Task => {
            let label = &words[3..][..tail(&words[3..]).unwrap_or(words.len() - 3)];
            let depth = first.len() - first.trim_start().len();
            format!(
                "task {depth} {}{}",
                label.trim(),
                normal(&raw[first.len()..])
            )
        }
        Kind::Item => format!("item {}{}", words.trim(), normal(&raw[first.len()..])),
        Kind::Words => format!("words {}", normal(raw)),
    };
    Token { kind, key, raw }
}

/// Lines without trailing white space and whatever line endings they have.
pub(super) fn normal(raw: &str) -> String {
    let lines: Vec<&str> = raw.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// One text for the versions of a piece with the same key.
pub(super) fn combined(kind: Kind, versions: &Sides<Option<&str>>) -> String {
    let (one, other) = match (versions.one, versions.other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => {
            return one
                .or(other)
                .or(versions.base)
                .unwrap_or_default()
                .to_owned();
        }
    };
    if one == other {
        return one.to_owned();
    }
    match kind {
        Kind::Task => task(one, other, versions.base),
        _ if versions.base == Some(one) => other.to_owned(),
        _ if versions.base == Some(other) => one.to_owned(),
        Kind::Field(field) => super::hunks::field(field, one, other),
        _ => one.to_owned(),
    }
}

/// An item that is ticked where either is, with the evidence and reasons of both.
fn task(one: &str, other: &str, base: Option<&str>) -> String {
    let (a, b) = (Ticked::read(one), Ticked::read(other));
    let host = if base == Some(one) { other } else { one };
    let Some((a, b)) = a.zip(b) else {
        return host.to_owned();
    };
    let (first, second) = if b.done && !a.done {
        (&b, &a)
    } else {
        (&a, &b)
    };
    let words = match (first.words, second.words) {
        (first, "") => first.to_owned(),
        ("", second) => second.to_owned(),
        (first, second) if first.contains(second) => first.to_owned(),
        (first, second) if second.contains(first) => second.to_owned(),
        (first, second) => format!("{first}; {second}"),
    };
    let Some(shape) = Ticked::read(host) else {
        return host.to_owned();
    };
    let mark = match (a.done || b.done, shape.done) {
        (true, true) | (false, false) => shape.mark,
        (true, false) => "[x]",
        (false, true) => "[ ]",
    };
    let dash = if words.is_empty() { "" } else { " - " };
    format!(
        "{}{mark}{}{dash}{words}{}",
        shape.marker, shape.label, shape.rest
    )
}

/// A task item's line in pieces.
struct Ticked<'a> {
    marker: &'a str,
    mark: &'a str,
    done: bool,
    label: &'a str,
    /// The tool's words: evidence or reason.
    words: &'a str,
    rest: &'a str,
}

impl Ticked<'_> {
    fn read(raw: &str) -> Option<Ticked<'_>> {
        let line = raw.split_inclusive('\n').next().unwrap_or(raw).trim_end();
        let marker = bullet(line);
        let done = task_mark(&line[marker..])?;
        let said = &line[marker + 3..];
        let label = &said[..tail(said).unwrap_or(said.len())];
        Some(Ticked {
            marker: &line[..marker],
            mark: &line[marker..marker + 3],
            done,
            label,
            words: said[label.len()..].strip_prefix(" - ").unwrap_or_default(),
            rest: &raw[line.len()..],
        })
    }
}
