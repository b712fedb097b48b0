//! The timeline: its entries, the milestones they state, and the status that follows.

use super::layout::Layout;
use super::text::{begins_with, content, is_placeholder};
use super::when::leading_stamp;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::ops::Range;

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in UTC; nothing when the line states no full time.
    pub at: Option<DateTime<Utc>>,
    /// The words after the time.
    pub text: String,
    /// The milestone its words begin with.
    pub milestone: Option<Milestone>,
    /// The whole line's (or item's) bytes, its line ending included.
    pub span: Range<usize>,
    /// 1-based line.
    pub line: usize,
}

/// The steps of an incident that the timeline states by fixed phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Milestone {
    /// `Incident detected`
    Detected,
    /// `Investigation started`
    Investigating,
    /// `Mitigation applied`
    Mitigated,
    /// `Root cause identified`
    CauseIdentified,
    /// `Fix landed`
    Landed,
    /// `Fix deployed`
    Deployed,
    /// `Incident resolved`
    Resolved,
    /// `Incident abandoned`
    Abandoned,
    /// `Incident reopened`
    Reopened,
}

impl Milestone {
    /// All of them in the order an incident goes through them.
    pub const ALL: [Milestone; 9] = [
        Milestone::Detected,
        Milestone::Investigating,
        Milestone::Mitigated,
        Milestone::CauseIdentified,
        Milestone::Landed,
        Milestone::Deployed,
        Milestone::Resolved,
        Milestone::Abandoned,
        Milestone::Reopened,
    ];

    /// The words its timeline line begins with.
    pub fn phrase(self) -> &'static str {
        match self {
            Milestone::Detected => "Incident detected",
            Milestone::Investigating => "Investigation started",
            Milestone::Mitigated => "Mitigation applied",
            Milestone::CauseIdentified => "Root cause identified",
            Milestone::Landed => "Fix landed",
            Milestone::Deployed => "Fix deployed",
            Milestone::Resolved => "Incident resolved",
            Milestone::Abandoned => "Incident abandoned",
            Milestone::Reopened => "Incident reopened",
        }
    }

    /// What follows the phrase in an entry: the text behind ` - `, when there is any.
    pub fn detail_of(entry: &Entry) -> Option<&str> {
        let phrase = entry.milestone?.phrase();
        let said = entry.text.trim_start_matches(EMPHASIS);
        let rest = said.get(phrase.len()..)?.trim_start_matches(EMPHASIS);
        let detail = unseparated(rest);
        (!detail.is_empty()).then_some(detail)
    }

    fn of(text: &str) -> Option<Milestone> {
        let said = text.trim_start_matches(EMPHASIS);
        Milestone::ALL
            .into_iter()
            .find(|milestone| begins_with(said, milestone.phrase()))
    }
}

/// Where the incident stands, computed from the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing but the detection.
    Detected,
    /// Somebody looks into it.
    Investigating,
    /// The impact is reduced.
    Mitigated,
    /// The cause is known.
    CauseIdentified,
    /// The fix is in production's branch.
    Landed,
    /// The fix runs in production.
    Deployed,
    /// Over.
    Resolved,
    /// Given up.
    Abandoned,
}

impl Status {
    /// The words of the `**Status**` line.
    pub fn words(self) -> &'static str {
        match self {
            Status::Detected => "Detected",
            Status::Investigating => "Investigating",
            Status::Mitigated => "Mitigated",
            Status::CauseIdentified => "Cause identified",
            Status::Landed => "Landed",
            Status::Deployed => "Deployed",
            Status::Resolved => "Resolved",
            Status::Abandoned => "Abandoned",
        }
    }
}

/// Marks that may stand around a time or a phrase.
const EMPHASIS: [char; 3] = ['*', '_', '`'];

/// The entries of the Timeline section, in the order they stand.
pub(super) fn read(text: &str, layout: &Layout, lines: &Range<usize>) -> Vec<Entry> {
    let items = layout
        .items_in(lines)
        .iter()
        .filter(|item| item.depth == 1 && layout.is_open(item.lines.start))
        .filter_map(|item| {
            let said = content(layout.bare(text, item.lines.start));
            entry(said, None, layout.bytes(&item.lines), item.lines.start)
        });
    let rows = layout.rows_in(lines).iter().filter_map(|row| {
        let cells = row.cells.iter().map(|cell| text[cell.clone()].trim());
        let mut cells = cells.map(|cell| cell.replace("\\|", "|"));
        let said = cells.next()?;
        let rest: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
        let event = rest.join(" | ");
        // The one cell of a narrow table says both, as a list item does.
        let event = (row.cells.len() > 1).then_some(event.as_str());
        let span = layout.lines[row.line].clone();
        entry(&said, event, span, row.line)
    });
    let mut entries: Vec<Entry> = items.chain(rows).collect();
    entries.sort_by_key(|entry| entry.line);
    entries
}

/// Reads one entry; `event` holds the words when they stand apart from the time, in a table.
fn entry(said: &str, event: Option<&str>, span: Range<usize>, line: usize) -> Option<Entry> {
    let empty = |text: &str| text.is_empty() || is_placeholder(text);
    if empty(said) && event.is_none_or(empty) {
        return None;
    }
    let (at, rest) = time_and_words(said);
    let text = match event {
        Some(event) => event,
        None => rest,
    };
    Some(Entry {
        at,
        text: text.to_owned(),
        milestone: Milestone::of(text),
        span,
        line: line + 1,
    })
}

/// The time an entry begins with, full or not, and the words behind it.
fn time_and_words(said: &str) -> (Option<DateTime<Utc>>, &str) {
    let open = said.trim_start_matches(['*', '_', '`', '[', '~']);
    let wrapped = open.len() < said.len();
    let (at, len) = match leading_stamp(open) {
        Some((at, len)) => (Some(at), len),
        None => (None, partial_time(open)),
    };
    if len == 0 {
        return (None, said);
    }
    let mut rest = &open[len..];
    if wrapped {
        rest = rest.trim_start_matches(['*', '_', '`', ']', ':']);
    }
    (at, unseparated(rest))
}

/// The text without the dash or colon that separates it from what stands before.
fn unseparated(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix([':', '-', '–', '—'])
        .unwrap_or(text)
        .trim()
}

/// The length of a time without a date or a zone at the beginning: `14:05`, `13:30-13:45 PST`.
fn partial_time(text: &str) -> usize {
    let mut len = 0;
    let mut clock = false;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', ':', ',', ']']);
        let digits = bare.starts_with(|c: char| c.is_ascii_digit());
        let timely = bare
            .chars()
            .all(|c| c.is_ascii_digit() || ":-./–~".contains(c));
        let is_date = bare.len() == 10 && bare.as_bytes().get(4) == Some(&b'-');
        let is_clock = bare.contains(':');
        let is_zone =
            clock && (1..=4).contains(&bare.len()) && bare.chars().all(|c| c.is_ascii_uppercase());
        if !(digits && timely && (is_date || is_clock) || is_zone) {
            break;
        }
        clock |= is_clock;
        len += bare.len();
        if word.trim_end() != bare || is_zone {
            break;
        }
        len += word.len() - bare.len();
    }
    len
}

/// Entries that state a milestone, by time.
///
/// An entry without a time stands where the one before it stands; of two at one time the order on
/// the page counts.
pub(super) fn milestones(entries: &[Entry]) -> Vec<(Milestone, Option<DateTime<Utc>>)> {
    let mut last = None;
    let mut found = Vec::new();
    for entry in entries {
        last = entry.at.or(last);
        if let Some(milestone) = entry.milestone {
            found.push((last, milestone, entry.at));
        }
    }
    found.sort_by_key(|&(order, ..)| order);
    found.into_iter().map(|(_, m, at)| (m, at)).collect()
}

/// Where an incident with these milestones stands.
pub(super) fn status(milestones: &[(Milestone, Option<DateTime<Utc>>)]) -> Status {
    let mut reached = Status::Detected;
    let mut fixed = None;
    let mut closed = None;
    for (milestone, _) in milestones {
        match milestone {
            Milestone::Detected => {}
            Milestone::Investigating => reached = reached.max(Status::Investigating),
            Milestone::Mitigated => reached = reached.max(Status::Mitigated),
            Milestone::CauseIdentified => reached = reached.max(Status::CauseIdentified),
            Milestone::Landed => fixed = fixed.max(Some(Status::Landed)),
            Milestone::Deployed => fixed = fixed.max(Some(Status::Deployed)),
            Milestone::Resolved => closed = Some(Status::Resolved),
            Milestone::Abandoned => closed = Some(Status::Abandoned),
            // The fix that went out did not hold, so it no longer counts.
            Milestone::Reopened => (closed, fixed) = (None, None),
        }
    }
    closed.or(fixed).unwrap_or(reached)
}

/// When a milestone was reached: the detection first, all others last; what ended an incident does
/// not count once it was reopened.
pub(super) fn reached(
    milestones: &[(Milestone, Option<DateTime<Utc>>)],
    milestone: Milestone,
) -> Option<DateTime<Utc>> {
    let mut times = milestones
        .iter()
        .enumerate()
        .filter(|(_, (m, _))| *m == milestone)
        .filter_map(|(place, (_, at))| at.map(|at| (place, at)));
    let (place, at) = match milestone {
        Milestone::Detected => times.next(),
        _ => times.next_back(),
    }?;
    let ends = matches!(milestone, Milestone::Resolved | Milestone::Abandoned);
    let reopened = milestones[place..]
        .iter()
        .any(|(m, _)| *m == Milestone::Reopened);
    (!(ends && reopened)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::super::Record;
    use super::*;

    fn record(timeline: &str) -> Record {
        Record::parse(format!("# t\n\n## Timeline\n{timeline}"))
    }

    fn at(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn times_are_read_in_all_their_forms() {
        let record = record(
            "- 2026-11-22 14:05:31Z: one\n- 2026-11-22T15:05:31+01:00 - two\n\
             * **2026-11-22 14:05 UTC** — three\n- `2026-11-22 14:05Z` four\n\
             - 14:05 PST - Incident resolved\n- 13:30-13:45: five\n- six 14:05\n",
        );
        let seen: Vec<_> = record
            .timeline()
            .iter()
            .map(|e| (e.at, e.text.as_str()))
            .collect();
        let (full, short) = (at("2026-11-22T14:05:31Z"), at("2026-11-22T14:05:00Z"));
        assert_eq!(
            seen,
            [
                (full, "one"),
                (full, "two"),
                (short, "three"),
                (short, "four"),
                (None, "Incident resolved"),
                (None, "five"),
                (None, "six 14:05"),
            ]
        );
        assert_eq!(record.timeline()[4].milestone, Some(Milestone::Resolved));
    }

    #[test]
    fn tables_are_timelines_too() {
        let record = record(
            "| Time (UTC) | Event |\n|---|---|\n| 2026-11-22 14:05Z | Incident detected \\| x |\n\
             | --:-- | unknown |\n",
        );
        let entries = record.timeline();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].text, "Incident detected | x");
        assert_eq!(entries[0].at, at("2026-11-22T14:05:00Z"));
        assert_eq!((entries[1].at, entries[1].text.as_str()), (None, "unknown"));
    }

    #[test]
    fn a_table_of_one_column_holds_time_and_words_in_it() {
        let table = "| Event |\n|---|\n| 2026-11-22 14:05Z: Incident detected - a \\| b |\n| c |\n";
        let entries = record(table).timeline().to_vec();
        assert_eq!(entries[0].at, at("2026-11-22T14:05:00Z"));
        assert_eq!(entries[0].milestone, Some(Milestone::Detected));
        assert_eq!(entries[0].text, "Incident detected - a | b");
        assert_eq!((entries[1].at, entries[1].text.as_str()), (None, "c"));
    }

    #[test]
    fn an_entry_holds_its_nested_lines() {
        let record = record("- 2026-11-22 14:05Z: a\n  - detail\n\n- 2026-11-22 14:06Z: b\n");
        assert_eq!(record.timeline().len(), 2);
        assert!(record.text()[record.timeline()[0].span.clone()].ends_with("  - detail\n"));
    }

    #[test]
    fn milestones_need_their_whole_phrase() {
        let record = record(
            "- 2026-11-22 14:05Z: incident DETECTED - by the pager\n\
             - 2026-11-22 14:06Z: Incident detectedly\n",
        );
        let entries = record.timeline();
        assert_eq!(entries[0].milestone, Some(Milestone::Detected));
        assert_eq!(Milestone::detail_of(&entries[0]), Some("by the pager"));
        assert_eq!(entries[1].milestone, None);
        assert_eq!(Milestone::detail_of(&entries[1]), None);
    }

    fn stands(milestones: &[Milestone]) -> Status {
        let list: Vec<_> = milestones.iter().map(|&m| (m, None)).collect();
        status(&list)
    }

    #[test]
    fn the_status_is_the_furthest_step_unless_closed() {
        use Milestone::*;
        assert_eq!(stands(&[]), Status::Detected);
        assert_eq!(
            stands(&[CauseIdentified, Mitigated]),
            Status::CauseIdentified
        );
        assert_eq!(stands(&[Deployed, Landed]), Status::Deployed);
        assert_eq!(stands(&[Resolved, Mitigated]), Status::Resolved);
        assert_eq!(stands(&[Resolved, Abandoned]), Status::Abandoned);
    }

    #[test]
    fn a_reopened_incident_has_no_fix() {
        use Milestone::*;
        assert_eq!(
            stands(&[Mitigated, Deployed, Resolved, Reopened]),
            Status::Mitigated
        );
        assert_eq!(
            stands(&[Deployed, Resolved, Reopened, Landed]),
            Status::Landed
        );
        assert_eq!(stands(&[Resolved, Reopened, Resolved]), Status::Resolved);
    }

    #[test]
    fn the_detection_is_the_first_and_the_rest_the_last() {
        let record = record(
            "- 2026-11-22 14:09Z: Incident detected\n- 2026-11-22 14:05Z: Incident detected\n\
             - 2026-11-22 15:00Z: Incident resolved\n- 2026-11-22 16:00Z: Incident reopened\n\
             - 2026-11-22 14:30Z: Mitigation applied\n- 2026-11-22 14:20Z: Mitigation applied\n",
        );
        assert_eq!(
            record.reached(Milestone::Detected),
            at("2026-11-22T14:05:00Z")
        );
        assert_eq!(
            record.reached(Milestone::Mitigated),
            at("2026-11-22T14:30:00Z")
        );
        assert_eq!(record.reached(Milestone::Resolved), None);
        assert_eq!(record.status(), Status::Mitigated);
        assert!(record.is_open());
    }
}
