//! Items of the deploy checklist, and action items.

use super::super::checklist::{done_tail, escape, skip_tail, tail};
use super::super::text::{Patch, is_placeholder, marker, one_line};
use super::super::{Item, ItemState, Record, SectionName};
use super::{place, with};
use chrono::{DateTime, Utc};

/// The record with an item ticked; nothing when it is.
pub(super) fn tick(
    record: &Record,
    item: usize,
    evidence: Option<&str>,
    by: &str,
    at: DateTime<Utc>,
) -> Option<Record> {
    let item = record.checklist().get(item)?;
    let evidence = evidence.map(one_line).filter(|text| !text.is_empty());
    let stands = item.evidence.as_deref().unwrap_or_default();
    let said = match &evidence {
        Some(evidence) => stands.starts_with(&format!("{evidence} (")),
        None => true,
    };
    if item.state == ItemState::Done && said {
        return None;
    }
    let tail = done_tail(evidence.as_deref(), by, at);
    Some(marked(record, item, "[x]", &tail))
}

/// The record with an item left out; nothing without a reason, or when the reason stands there.
pub(super) fn skip(
    record: &Record,
    item: usize,
    reason: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Option<Record> {
    let item = record.checklist().get(item)?;
    let reason = one_line(reason);
    let evidence = item.evidence.as_deref().unwrap_or_default();
    let said =
        item.state == ItemState::Skipped && evidence.starts_with(&format!("skipped: {reason} ("));
    if reason.is_empty() || said {
        return None;
    }
    Some(marked(record, item, "[ ]", &skip_tail(&reason, by, at)))
}

/// The record with an item open again; nothing when it is.
pub(super) fn untick(record: &Record, item: usize) -> Option<Record> {
    let item = record.checklist().get(item)?;
    (item.state != ItemState::Open || item.evidence.is_some())
        .then(|| marked(record, item, "[ ]", ""))
}

/// The record with an item's mark and the tool's words behind its label replaced.
fn marked(record: &Record, item: &Item, mark: &str, words: &str) -> Record {
    let said = &record.text()[item.mark.end..item.span.end];
    let all = said.trim_end().len();
    let own = tail(said).unwrap_or(all).min(all);
    let patches = vec![
        Patch {
            range: item.mark.clone(),
            with: mark.to_owned(),
        },
        Patch {
            range: item.mark.end + own..item.mark.end + all,
            with: words.to_owned(),
        },
    ];
    with(record.clone(), patches)
}

/// The record with an action item ticked; nothing when none of these words is open.
pub(super) fn action_done(
    record: &Record,
    text: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Option<Record> {
    let is_it =
        |item: &&Item| item.text == text && item.state == ItemState::Open && !item.mark.is_empty();
    let item = record.actions().iter().find(is_it)?;
    Some(marked(record, item, "[x]", &done_tail(None, by, at)))
}

/// The record with an open action item more; nothing without words.
pub(super) fn action(record: &Record, text: &str) -> Option<Record> {
    let text = one_line(text);
    if text.is_empty() {
        return None;
    }
    // What reads as a placeholder or as skipped would not count as an open item.
    let text = if is_placeholder(&text) {
        format!("\\{text}")
    } else if tail(&format!(" {text}")).is_some() {
        escape(&text)
    } else {
        text
    };
    let record = place::with_section(record, SectionName::Actions);
    let section = record.section(SectionName::Actions)?;
    let layout = record.layout();
    let line = |like: usize| {
        let raw = layout.bare(record.text(), like);
        match marker(raw).as_str() {
            "" => format!("- [ ] {text}"),
            marker => format!("{marker}[ ] {text}"),
        }
    };
    let hints = place::placeholders(&record, section);
    let last = place::last_item(layout, &layout.lines_in(&section.body));
    let patches = match (hints.first(), last) {
        (Some(&hint), _) => place::instead(&record, &hints, &line(hint)),
        (None, Some(last)) => {
            let at = layout.bytes(&last).end;
            vec![place::line_in(
                record.text(),
                section,
                at,
                &line(last.start),
            )]
        }
        (None, None) => vec![place::append(&record, section, &format!("- [ ] {text}"))],
    };
    Some(with(record, patches))
}
