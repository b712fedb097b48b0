//! A record: any text is read, and a change alters what it means and nothing else.
//!
//! Input: the text, then behind the last NUL the change: which, where, and its words.
#![no_main]

use chrono::{DateTime, Utc};
use git_hotfix_fuzz::record::{
    Change, Field, Item, ItemState, Milestone, Record, SectionName, apply, lint, one_line,
};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

/// The fields that a person sets; the others are computed.
const FIELDS: [Field; 10] = [
    Field::Date,
    Field::Severity,
    Field::Impact,
    Field::Branch,
    Field::Base,
    Field::Task,
    Field::Affected,
    Field::Started,
    Field::Trend,
    Field::RecentChanges,
];

fuzz_target!(|data: &[u8]| {
    let mut parts = data.rsplitn(2, |&b| b == 0);
    let last = parts.next().unwrap_or_default();
    let (text, tail) = parts.next().map_or((last, &b""[..]), |text| (text, last));
    let record = Record::parse(String::from_utf8_lossy(text));
    check_read(&record, &String::from_utf8_lossy(text));
    let change = change(&record, tail);
    let next = apply(&record, &change);
    check_read(&next, next.text());
    if is_misread(record.text()) {
        return;
    }
    check_effect(&record, &change, &next);
    check_kept(&record, &change, &next);
    check_again(&change, &next);
});

/// pulldown-cmark reads the words behind an opening fence up to the next `\n`; CommonMark ends a line
/// at a lone `\r` too. What is added below such a fence may be inside or outside of it.
fn is_misread(text: &str) -> bool {
    let is_fence = |line: &str| line.contains("```") || line.contains("~~~");
    let mut lines = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.rsplit('\r').skip(1)
    });
    lines.any(is_fence)
}

fn change(record: &Record, tail: &[u8]) -> Change {
    let byte = |at: usize| tail.get(at).copied().unwrap_or_default();
    let words = String::from_utf8_lossy(tail.get(3..).unwrap_or_default()).into_owned();
    let place = usize::from(byte(1));
    let at = at(byte(2));
    let by = "Ada".to_owned();
    match byte(0) % 9 {
        0 => Change::Note {
            at,
            text: format!("x{words}"),
        },
        1 => Change::Milestone {
            milestone: Milestone::ALL[place % Milestone::ALL.len()],
            at,
            detail: Some(words),
        },
        2 => Change::Field {
            field: FIELDS[place % FIELDS.len()],
            value: words,
        },
        3 => Change::Prose {
            section: SectionName::ALL[place % SectionName::ALL.len()],
            text: words,
        },
        4 => Change::Tick {
            item: place % 8,
            evidence: Some(words),
            by,
            at,
        },
        5 => Change::Skip {
            item: place % 8,
            reason: words,
            by,
            at,
        },
        6 => Change::Untick { item: place % 8 },
        7 => Change::Action { text: words },
        _ => Change::ActionDone {
            text: record
                .actions()
                .get(place)
                .map_or(words, |item| item.text.clone()),
            by,
            at,
        },
    }
}

/// Around the times in the fixtures.
fn at(byte: u8) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_350_000 + 60 * i64::from(byte), 0).unwrap()
}

/// Every place the record names is one in its text.
fn check_read(record: &Record, text: &str) {
    assert_eq!(record.text(), text);
    for section in record.sections() {
        assert!(text.get(section.body.clone()).is_some());
        assert!(text.get(section.heading.clone()).is_some());
    }
    for item in record.checklist() {
        assert!(matches!(&text[item.mark.clone()], "[ ]" | "[x]" | "[X]"));
    }
    for item in record.checklist().iter().chain(record.actions()) {
        assert!(text[item.span.clone()].contains(item.label.as_str()));
    }
    let mut end = 0;
    for entry in record.timeline() {
        assert!(entry.span.start >= end && text.get(entry.span.clone()).is_some());
        end = entry.span.end;
    }
    for name in SectionName::ALL {
        let _ = record.prose(name);
    }
    for field in FIELDS {
        assert!(record.field(field).is_none_or(|value| text.contains(value)));
    }
    let _ = (
        lint::lint(record),
        record.status(),
        record.base_id(),
        record.title(),
    );
}

/// What the change says is there.
fn check_effect(record: &Record, change: &Change, next: &Record) {
    match change {
        Change::Note { at, text } => {
            assert_eq!(
                next.timeline().len(),
                record.timeline().len() + 1,
                "{}",
                next.text()
            );
            let words = one_line(text);
            assert!(
                next.timeline()
                    .iter()
                    .any(|e| e.at == Some(*at) && e.text.trim() == words)
            );
        }
        Change::Milestone { milestone, .. } => {
            assert_eq!(
                next.timeline().len(),
                record.timeline().len() + 1,
                "{}",
                next.text()
            );
            assert!(
                next.timeline()
                    .iter()
                    .any(|e| e.milestone == Some(*milestone))
            );
        }
        Change::Field { field, value } => {
            let value = one_line(value);
            let given = next.field(*field).unwrap_or_default();
            let hint = given.is_empty() && (value.is_empty() || value.starts_with('['));
            assert!(
                hint || given == value,
                "{given:?} is not {value:?}\n{}",
                next.text()
            );
        }
        Change::Tick { item, .. } => {
            assert!(
                next.checklist()
                    .get(*item)
                    .is_none_or(|i| i.state == ItemState::Done)
            );
        }
        Change::Skip { item, reason, .. } if !one_line(reason).is_empty() => {
            assert!(
                next.checklist()
                    .get(*item)
                    .is_none_or(|i| i.state == ItemState::Skipped)
            );
        }
        Change::Untick { item } => {
            assert!(
                next.checklist()
                    .get(*item)
                    .is_none_or(|i| i.state == ItemState::Open)
            );
        }
        Change::Action { text } => {
            let more = usize::from(!one_line(text).is_empty());
            assert_eq!(next.actions().len(), record.actions().len() + more);
        }
        Change::ActionDone { text, .. } => {
            let open = |record: &Record| {
                let is_it = |item: &&Item| item.text == *text && is_open(item);
                record.actions().iter().filter(is_it).count()
            };
            assert_eq!(open(next), open(record).saturating_sub(1));
        }
        Change::Skip { .. } | Change::Prose { .. } => {}
    }
    assert_eq!(record.conflict_lines().len(), next.conflict_lines().len());
    assert!(record.title().is_none() || next.title() == record.title());
}

/// It has a box, and that is empty.
fn is_open(item: &Item) -> bool {
    item.state == ItemState::Open && !item.mark.is_empty()
}

/// The lines that the change does not mean stand there in their order.
fn check_kept(record: &Record, change: &Change, next: &Record) {
    let meant = meant(record, change);
    let mut after = lines(next.text());
    for (at, line) in lines(record.text()).enumerate() {
        // A byte order mark alone is no line: what is added stands behind it.
        if line != "\u{feff}" && !meant.contains(&(at + 1)) {
            assert!(
                after.any(|one| one == line),
                "line {} is gone: {line:?}\n{}",
                at + 1,
                next.text()
            );
        }
    }
}

/// The lines as Markdown has them: `\n`, `\r\n` or a lone `\r` ends one.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['\n', '\r'])
        .filter(move |line| {
            // The `\n` of a `\r\n` is no line of its own.
            let at = line.as_ptr() as usize - text.as_ptr() as usize;
            *line != "\n" || !text[..at].ends_with('\r')
        })
        .map(|line| line.trim_end_matches(['\n', '\r']))
}

/// The 1-based lines that a change may rewrite.
fn meant(record: &Record, change: &Change) -> HashSet<usize> {
    let computed = [Field::Status, Field::Duration];
    let mut meant: HashSet<usize> = computed
        .iter()
        .filter_map(|f| record.field_line(*f))
        .collect();
    let section = match change {
        Change::Field { field, .. } => {
            meant.extend(record.field_line(*field));
            return meant;
        }
        Change::Tick { item, .. } | Change::Skip { item, .. } | Change::Untick { item } => {
            meant.extend(record.checklist().get(*item).map(|item| item.line));
            return meant;
        }
        Change::Note { .. } | Change::Milestone { .. } => SectionName::Timeline,
        Change::Prose { section, .. } => *section,
        Change::ActionDone { text, .. } => {
            let mut same = record.actions().iter();
            let item = same.find(|item| item.text == *text && is_open(item));
            meant.extend(item.map(|item| item.line));
            return meant;
        }
        Change::Action { .. } => SectionName::Actions,
    };
    let Some(body) = record.section(section).map(|section| section.body.clone()) else {
        return meant;
    };
    for (at, line) in lines(record.text()).enumerate() {
        let start = line.as_ptr() as usize - record.text().as_ptr() as usize;
        if body.contains(&start) && is_hint(line) {
            meant.insert(at + 1);
        }
    }
    meant
}

/// A bracketed hint ends the line, such as `- [ ] [Preventive measure 1]`.
fn is_hint(line: &str) -> bool {
    line.contains('[') && line.trim_end().ends_with(']')
}

/// The same change again changes nothing; a second note is a second entry, and the same words may
/// stand in two items.
fn check_again(change: &Change, next: &Record) {
    if !matches!(
        change,
        Change::Note { .. }
            | Change::Milestone { .. }
            | Change::Action { .. }
            | Change::ActionDone { .. }
    ) {
        assert_eq!(apply(next, change).text(), next.text(), "{change:?}");
    }
}
