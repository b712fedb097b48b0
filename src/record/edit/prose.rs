//! What people write into a section.

use super::super::text::{Patch, bare, bullet, content, is_placeholder, many_lines, marker};
use super::super::{Record, Section, SectionName};
use super::place;
use super::with;

/// The record with a text in a section; nothing when it stands there already.
///
/// People may write Markdown. Where theirs would change what the rest of the record means, the
/// same text goes in with every line's first mark escaped.
pub(super) fn set(record: &Record, name: SectionName, text: &str) -> Option<Record> {
    let text = many_lines(text);
    let text = text.trim_end().trim_start_matches('\n');
    if text.trim().is_empty() {
        return None;
    }
    let whole = place::with_section(record, name);
    let section = whole.section(name)?;
    // In these a list item is more than prose.
    let lists = !matches!(
        name,
        SectionName::Investigation
            | SectionName::Checklist
            | SectionName::Timeline
            | SectionName::Actions
    );
    let mut changed = None;
    let blocks = [guarded(text), escaped(text)];
    let body = &whole.text()[section.body.clone()];
    if blocks.iter().any(|block| holds(body, block)) {
        return None;
    }
    for block in blocks {
        let next = with(whole.clone(), patches(&whole, section, &block, lists));
        let fits = same_shape(&whole, &next, name);
        changed = Some(next);
        if fits {
            break;
        }
    }
    changed
}

fn patches(record: &Record, section: &Section, block: &str, lists: bool) -> Vec<Patch> {
    let (text, layout) = (record.text(), record.layout());
    let hints = place::placeholders(record, section);
    let single = lists && !block.contains('\n') && bullet(block) == 0;
    let Some(&hint) = hints.first() else {
        let lines = layout.lines_in(&section.body);
        let last = place::last_item(layout, &lines)
            .filter(|item| single && (item.end..lines.end).all(|line| layout.is_blank(text, line)));
        let Some(item) = last else {
            return vec![place::append(record, section, block)];
        };
        let raw = layout.bare(text, item.start);
        let line = format!("{}{block}", marker(raw));
        return vec![place::line_in(
            text,
            section,
            layout.bytes(&item).end,
            &line,
        )];
    };
    let raw = layout.bare(text, hint);
    if single {
        let with = format!("{}{block}", marker(raw));
        return with_gaps(record, section, &hints, with, bullet(raw) > 0);
    }
    with_gaps(record, section, &hints, block.to_owned(), false)
}

/// A block in the place of placeholders, with blank lines towards what stands around it.
fn with_gaps(
    record: &Record,
    section: &Section,
    hints: &[usize],
    mut with: String,
    in_list: bool,
) -> Vec<Patch> {
    let (text, layout) = (record.text(), record.layout());
    let Some(&hint) = hints.first() else {
        return Vec::new();
    };
    let lines = layout.lines_in(&section.body);
    let filled = |line: usize| {
        lines.contains(&line) && !layout.is_blank(text, line) && !hints.contains(&line)
    };
    if !in_list && hint > 0 && filled(hint - 1) {
        with.insert(0, '\n');
    }
    let next = layout.lines.get(hint + 1).map(|line| line.start);
    let heads = next.is_some_and(|at| at >= section.body.end);
    if heads || !in_list && filled(hint + 1) {
        with.push('\n');
    }
    place::instead(record, hints, &with)
}

/// Whether a body holds a block already, as lines of its own.
fn holds(body: &str, block: &str) -> bool {
    let lines = |text: &str| {
        let mut out = String::from("\n");
        for line in text.lines() {
            out.push_str(bare(line).trim_end());
            out.push('\n');
        }
        out
    };
    let single = !block.contains('\n');
    let says = |line: &str| {
        let item = &line[bullet(line)..];
        content(line) == block.trim() || item.trim() == block.trim()
    };
    single && body.lines().any(says) || lines(body).contains(&lines(block))
}

/// Whether nothing but one section's own text differs.
fn same_shape(before: &Record, after: &Record, name: SectionName) -> bool {
    let target = before.section(name).map(|section| section.line);
    let sections = |record: &Record| {
        let sections = record.sections().iter();
        sections
            .map(|s| {
                (
                    s.title.clone(),
                    (Some(s.line) != target).then_some(s.body.len()),
                )
            })
            .collect::<Vec<_>>()
    };
    let labels = |record: &Record| {
        let items = record.checklist().iter().chain(record.actions());
        items.map(|item| item.text.clone()).collect::<Vec<_>>()
    };
    before.title() == after.title()
        && sections(before) == sections(after)
        && before.timeline().len() == after.timeline().len()
        && labels(before) == labels(after)
        && before.conflict_lines().len() == after.conflict_lines().len()
        && super::Field::HEADER
            .into_iter()
            .chain(super::Field::INVESTIGATION)
            .all(|field| before.field(field) == after.field(field))
}

/// A person's Markdown with only what would divide the record escaped, and fences closed.
fn guarded(text: &str) -> String {
    let mut out = Vec::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let said = line.trim_start();
        if let Some(open) = &fence {
            let run = said.trim_end();
            let closes = run.len() >= open.len()
                && run.chars().all(|c| open.starts_with(c))
                && line.len() - said.len() < 4;
            if closes {
                fence = None;
            }
            let space = if is_conflict_marker(line) { " " } else { "" };
            out.push(format!("{space}{line}"));
            continue;
        }
        fence = opened(line);
        let indent = &line[..line.len() - said.len()];
        let slash = if divides(said) { "\\" } else { "" };
        out.push(format!("{indent}{slash}{said}"));
    }
    out.extend(fence);
    out.join("\n")
}

/// The fence a line opens.
fn opened(line: &str) -> Option<String> {
    let said = line.trim_start();
    let mark = said.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let fence: String = said.chars().take_while(|c| *c == mark).collect();
    let info = &said[fence.len()..];
    let opens = fence.len() >= 3 && line.len() - said.len() < 4;
    (opens && !(mark == '`' && info.contains('`'))).then_some(fence)
}

/// Whether a line would be a heading, an underline, HTML, a conflict marker or a placeholder.
fn divides(said: &str) -> bool {
    let run = said.trim_end();
    let underline =
        !run.is_empty() && (run.chars().all(|c| c == '=') || run.chars().all(|c| c == '-'));
    let hashes = said.len() - said.trim_start_matches('#').len();
    let heading = (1..=2).contains(&hashes)
        && (said.len() == hashes || said[hashes..].starts_with([' ', '\t']));
    let html = said.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
            && !rest.starts_with("http://")
            && !rest.starts_with("https://")
    });
    underline || heading || html || is_conflict_marker(said) || is_placeholder(said)
}

fn is_conflict_marker(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .into_iter()
        .any(|marker| line.starts_with(marker))
}

/// A text in which no line can be anything but words.
fn escaped(text: &str) -> String {
    let line = |line: &str| {
        let said = line.trim();
        let digits = said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if said.starts_with(|c: char| c.is_ascii_punctuation()) {
            format!("\\{said}")
        } else if digits > 0 && said[digits..].starts_with(['.', ')']) {
            format!("{}\\{}", &said[..digits], &said[digits..])
        } else {
            said.to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
