//! Items: of the deploy checklist and of the action items.

use super::layout::{Kind, Layout};
use super::text::{bullet, is_placeholder, task_mark};
use super::when::{leading_stamp, stamp};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::ops::Range;

/// A checklist item's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// `[ ]`
    Open,
    /// `[x]`
    Done,
    /// `[ ] … - skipped: reason`
    Skipped,
}

/// An item of the deploy checklist, or an action item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its words, without evidence or the optional mark.
    pub label: String,
    /// All its words as they stand.
    pub text: String,
    /// Ticked, open or skipped.
    pub state: ItemState,
    /// `(if time permits)` or `(optional)` stands behind it.
    pub optional: bool,
    /// What follows ` - `: evidence or reason, with who and when.
    pub evidence: Option<String>,
    /// 1-based line.
    pub line: usize,
    /// The three bytes `[ ]` or `[x]`; empty for an action item that is a plain bullet.
    pub mark: Range<usize>,
    /// The line's bytes without its line ending.
    pub span: Range<usize>,
}

impl Item {
    /// The item that saying the root cause ticks.
    pub fn is_root_cause(&self) -> bool {
        self.label.to_lowercase().contains("root cause")
    }
}

/// The line above the deploy checklist.
pub(super) const BEFORE: &str = "Before deploying hotfix:";

/// Marks of items that may be skipped with a reason.
const OPTIONAL: [&str; 2] = ["(if time permits)", "(optional)"];

/// What parts an item's words from the tool's.
const DASH: &str = " - ";

/// What a skipped item's reason begins with.
const SKIPPED: &str = "skipped:";

/// The items below [`BEFORE`], or all of the section's when no such line is there.
pub(super) fn deploy(text: &str, layout: &Layout, lines: &Range<usize>) -> Vec<Item> {
    let before = |line: &usize| {
        let said = layout.bare(text, *line);
        let said = said.trim_matches(|c: char| !c.is_alphanumeric());
        layout.is_open(*line)
            && bullet(layout.bare(text, *line)) == 0
            && said.eq_ignore_ascii_case(BEFORE.trim_end_matches(':'))
    };
    let group = match lines.clone().find(before) {
        Some(line) => line + 1..group_end(text, layout, line + 1..lines.end),
        None => lines.clone(),
    };
    tasks(text, layout, &group, false)
}

/// The open and done items of the Action Items section; a plain bullet is an open one.
pub(super) fn actions(text: &str, layout: &Layout, lines: &Range<usize>) -> Vec<Item> {
    let mut items = tasks(text, layout, lines, true);
    items.retain(|item| !item.text.is_empty() && !is_placeholder(&item.text));
    items
}

/// Where the next list of the section begins: at a heading or a line that ends in a colon.
fn group_end(text: &str, layout: &Layout, lines: Range<usize>) -> usize {
    let heading = layout
        .headings
        .iter()
        .map(|heading| heading.lines.start)
        .find(|line| lines.contains(line));
    let intro = lines.clone().find(|&line| {
        let said = layout
            .bare(text, line)
            .trim_end_matches([' ', '\t', '*', '_']);
        layout.kinds[line] == Kind::Paragraph && said.ends_with(':')
    });
    heading.into_iter().chain(intro).min().unwrap_or(lines.end)
}

fn tasks(text: &str, layout: &Layout, lines: &Range<usize>, bullets: bool) -> Vec<Item> {
    layout
        .items_in(lines)
        .iter()
        .filter(|item| layout.is_open(item.lines.start))
        .filter_map(|item| {
            let line = item.lines.start;
            let start = layout.lines[line].start;
            let raw = layout.bare(text, line);
            let from = bullet(raw);
            let done = match task_mark(&raw[from..]) {
                Some(done) => Some(done),
                None if bullets && item.depth == 1 => None,
                None => return None,
            };
            let mark = start + from..start + from + if done.is_some() { 3 } else { 0 };
            let words = &text[mark.end..start + raw.len()];
            let mut item = described(words, done == Some(true));
            item.line = line + 1;
            item.span = start..start + raw.len();
            item.mark = mark;
            Some(item)
        })
        .collect()
}

/// What an item's words behind its mark say.
fn described(words: &str, done: bool) -> Item {
    let tail = tail(words);
    let (head, evidence) = match tail {
        Some(at) => (&words[..at], words[at..].strip_prefix(DASH).map(unescape)),
        None => (words, None),
    };
    let head = head.trim();
    let label = OPTIONAL.iter().find_map(|mark| {
        let at = head.len().checked_sub(mark.len())?;
        let found = head.get(at..)?.eq_ignore_ascii_case(mark);
        found.then(|| head[..at].trim_end())
    });
    let skipped = evidence.as_deref().is_some_and(has_reason);
    Item {
        label: label.unwrap_or(head).to_owned(),
        text: words.trim().to_owned(),
        state: match (done, skipped) {
            (true, _) => ItemState::Done,
            (false, true) => ItemState::Skipped,
            (false, false) => ItemState::Open,
        },
        optional: label.is_some(),
        evidence,
        line: 0,
        mark: 0..0,
        span: 0..0,
    }
}

/// Where the tool's own words begin among an item's: at the ` - ` before them.
///
/// A label may hold ` - ` itself, so only what ends in `(who, time)` or begins with `skipped:` is
/// ours; in ours, a ` - ` is written as ` \- ` so that the last one parts the two.
pub(super) fn tail(words: &str) -> Option<usize> {
    let lower = words.to_ascii_lowercase();
    // The first: what an edit leaves in front of it must not be read as a second one.
    if let Some(at) = lower.find(" - skipped:") {
        return Some(at);
    }
    let at = words.rfind(DASH)?;
    is_signed(&words[at..]).then_some(at)
}

/// Whether a text ends in `(who, 2026-11-22 14:31:00Z)`.
fn is_signed(text: &str) -> bool {
    let inner = text.trim_end().strip_suffix(')');
    let Some((who, time)) = inner.and_then(|inner| inner.rsplit_once(", ")) else {
        return false;
    };
    who.contains('(') && leading_stamp(time).is_some_and(|(_, len)| len == time.len())
}

/// Whether a text is `skipped:` and more than who skipped it.
fn has_reason(evidence: &str) -> bool {
    let Some(head) = evidence.get(..SKIPPED.len()) else {
        return false;
    };
    let reason = evidence[SKIPPED.len()..].trim();
    head.eq_ignore_ascii_case(SKIPPED)
        && !reason.is_empty()
        && !(is_one_bracket(reason) && is_signed(reason))
}

/// Whether the bracket that a text begins with is closed at its end, and not before.
fn is_one_bracket(text: &str) -> bool {
    let mut depth = 0_usize;
    let closed = text.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    closed.is_some_and(|(at, c)| c == ')' && at + 1 == text.len())
}

/// What the tool writes behind a ticked item.
pub(super) fn done_tail(evidence: Option<&str>, by: &str, at: DateTime<Utc>) -> String {
    let evidence = evidence.map(|text| escape(text) + " ").unwrap_or_default();
    format!("{DASH}{}{}", evidence.trim_start(), signed(by, at))
}

/// What the tool writes behind a skipped item.
pub(super) fn skip_tail(reason: &str, by: &str, at: DateTime<Utc>) -> String {
    format!("{DASH}{SKIPPED} {} {}", escape(reason), signed(by, at))
}

fn signed(by: &str, at: DateTime<Utc>) -> String {
    format!("({}, {})", escape(by), stamp(at))
}

/// An item's words so that none of them is taken for the tool's own: a dash by itself gets a
/// backslash, which Markdown does not show.
pub(super) fn escape(text: &str) -> String {
    each_word(&super::text::one_line(text), |word| {
        let escaped = is_dash(word).then(|| format!("\\{word}"));
        escaped.unwrap_or_else(|| word.to_owned())
    })
}

fn unescape(text: &str) -> String {
    each_word(text.trim(), |word| {
        let bare = word.strip_prefix('\\').filter(|bare| is_dash(bare));
        bare.unwrap_or(word).to_owned()
    })
}

/// Whether a word is a dash, escaped any number of times.
fn is_dash(word: &str) -> bool {
    word.trim_start_matches('\\') == "-"
}

fn each_word(text: &str, change: impl Fn(&str) -> String) -> String {
    text.split(' ').map(change).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Record, apply};
    use super::*;

    fn items(body: &str) -> Vec<Item> {
        Record::parse(format!("## Checklist\n{body}"))
            .checklist()
            .to_vec()
    }

    fn one(line: &str) -> Item {
        items(line).remove(0)
    }

    #[test]
    fn evidence_and_marks_are_no_part_of_the_label() {
        let item = one("- [x] Fix tested locally - cargo test -p auth (Ada, 2026-11-22 14:31:00Z)");
        assert_eq!(item.label, "Fix tested locally");
        assert_eq!(
            item.evidence.as_deref(),
            Some("cargo test -p auth (Ada, 2026-11-22 14:31:00Z)")
        );
        assert_eq!(item.state, ItemState::Done);

        let item =
            one("- [ ] Staging (if time permits) - skipped: no staging (A, 2026-11-22 14:31:00Z)");
        assert_eq!(
            (item.label.as_str(), item.state),
            ("Staging", ItemState::Skipped)
        );
        assert!(item.optional);
    }

    #[test]
    fn a_dash_in_a_label_stays_there() {
        assert_eq!(
            one("- [ ] Build - and sign (optional)").label,
            "Build - and sign"
        );
        let item = one("- [x] Foo - see PR 12");
        assert_eq!(
            (item.label.as_str(), item.evidence),
            ("Foo - see PR 12", None)
        );
        let item = one("- [x] A - b - c (Ada, 2026-11-22 14:31:00Z)");
        assert_eq!(item.label, "A - b");
    }

    #[test]
    fn of_two_skips_in_a_line_the_first_parts_it() {
        let twice = "- [ ] a - skipped: b (Ada, 2026 c - skipped: d (Ada, 2026-11-22 14:31:00Z)";
        let record = Record::parse(format!("## Checklist\n{twice}"));
        assert_eq!(record.checklist()[0].label, "a");
        let change = Change::Tick {
            item: 0,
            evidence: Some("e".to_owned()),
            by: "Ada".to_owned(),
            at: DateTime::UNIX_EPOCH,
        };
        let ticked = apply(&record, &change);
        assert_eq!(apply(&ticked, &change).text(), ticked.text());
    }

    #[test]
    fn a_skip_without_a_reason_is_open() {
        assert_eq!(one("- [ ] a - skipped:").state, ItemState::Open);
        assert_eq!(
            one("- [ ] a - skipped: (Ada, 2026-11-22 14:31:00Z)").state,
            ItemState::Open
        );
        assert_eq!(
            one("- [ ] a - skipped: (Ada (SRE), 2026-11-22 14:31:00Z)").state,
            ItemState::Open
        );
        for reason in ["(none) here", "() no", "(so"] {
            let line = format!("- [ ] a - skipped: {reason} (Ada, 2026-11-22 14:31:00Z)");
            assert_eq!(one(&line).state, ItemState::Skipped, "{line}");
        }
        assert_eq!(one("- [ ] a - Skipped: b").state, ItemState::Skipped);
        assert_eq!(one("- [x] a - skipped: b").state, ItemState::Done);
    }

    #[test]
    fn only_the_list_before_deploying_is_the_deploy_checklist() {
        let labels = |body: &str| items(body).into_iter().map(|i| i.label).collect::<Vec<_>>();
        let body =
            "- [ ] z\n\nBefore deploying hotfix:\n\n- [ ] a\n  - [X] b\n- c\n\nAfter:\n\n- [ ] d\n";
        assert_eq!(labels(body), ["a", "b"]);
        assert_eq!(labels("- [ ] a\n\n### x\n1. [ ] b\n"), ["a", "b"]);
    }

    #[test]
    fn fakes_are_no_items() {
        assert!(
            items("```\n- [ ] a\n```\n\n> - [ ] b\n\n<!--\n- [ ] c\n-->\n\n- [x](y)\n- [y] d\n")
                .is_empty()
        );
    }

    #[test]
    fn bullets_are_open_actions() {
        let record = Record::parse(
            "## Follow-ups\n- a\n  - detail\n- [x] b\n- [ ] [Preventive measure 1]\n",
        );
        let seen: Vec<_> = record
            .actions()
            .iter()
            .map(|i| (i.label.as_str(), i.state))
            .collect();
        assert_eq!(seen, [("a", ItemState::Open), ("b", ItemState::Done)]);
        assert!(record.actions()[0].mark.is_empty());
    }
}
