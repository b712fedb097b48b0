//! Three texts merged as versions of one record: nothing a side says is lost.
//!
//! Input: the common text, one side and the other, NULs between them.
#![no_main]

use git_hotfix_fuzz::record::{Item, ItemState, Record, Section, merge};
use libfuzzer_sys::fuzz_target;
use std::collections::{HashMap, HashSet};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&b| b == 0).map(String::from_utf8_lossy);
    let mut part = || parts.next().unwrap_or_default();
    let (base, ours, theirs) = (part(), part(), part());
    let merged = merge(&base, &ours, &theirs);
    assert_eq!(merged, merge(&base, &theirs, &ours));
    // What only one side changed, deletions included, is taken as it is.
    for (one, other) in [(&ours, &theirs), (&theirs, &ours)] {
        if base == *one || one == other {
            assert_eq!(merged.text, *other);
            return;
        }
    }
    // The Markdown parser does not take a lone `\r` for a line's end everywhere.
    let has_lone_cr = |text: &str| text.replace("\r\n", "").contains('\r');
    let texts = [&*base, &*ours, &*theirs, merged.text.as_str()];
    if texts.into_iter().any(has_lone_cr) {
        return;
    }
    let after = Record::parse(merged.text.as_str());
    let base = Record::parse(base.as_ref());
    let sides = [&ours, &theirs].map(|side| Record::parse(side.as_ref()));
    let alike = sides.iter().all(|side| are_alike(&base, side));
    for before in &sides {
        check_lines(&base, before, &after);
        if alike {
            check_timeline(before, &after);
            check_checklist(&base, before, &after);
        }
    }
});

/// Both have the same sections, each once: what is an entry or an item in one is so in the other.
fn are_alike(one: &Record, other: &Record) -> bool {
    let titles = |record: &Record| -> Vec<String> {
        record
            .sections()
            .iter()
            .map(|section| section.title.clone())
            .collect()
    };
    let names = |record: &Record| -> Vec<_> {
        record
            .sections()
            .iter()
            .filter_map(|section| section.name)
            .collect()
    };
    let once: HashSet<_> = names(one).into_iter().collect();
    titles(one) == titles(other) && once.len() == names(one).len()
}

/// Every entry of a side is there, as often as there.
fn check_timeline(before: &Record, after: &Record) {
    let counted = |record: &Record| {
        let mut counts: HashMap<_, usize> = HashMap::new();
        for entry in record.timeline() {
            *counts.entry((entry.at, entry.text.clone())).or_default() += 1;
        }
        counts
    };
    let now = counted(after);
    for (entry, count) in counted(before) {
        assert!(
            now.get(&entry).is_some_and(|n| *n >= count),
            "{entry:?}\n{}",
            after.text()
        );
    }
}

/// A tick that a side gave wins over a blank, and a reason stays.
fn check_checklist(base: &Record, before: &Record, after: &Record) {
    let old: HashSet<&str> = lines(base.text()).collect();
    for item in before.checklist() {
        if old.contains(before.text()[item.span.clone()].trim()) {
            continue;
        }
        // A blank takes no tick away: the other side may have put the item in other words.
        let was = |old: &Item| old.label == item.label;
        if item.state == ItemState::Open && base.checklist().iter().any(was) {
            continue;
        }
        let named = |i: &&Item| {
            i.label == item.label
                || item.state == ItemState::Open && i.text.starts_with(&item.label)
        };
        let mut now = after.checklist().iter().filter(named);
        assert!(
            now.any(|now| match item.state {
                ItemState::Done => now.state == ItemState::Done,
                ItemState::Skipped => now.state != ItemState::Open,
                ItemState::Open => true,
            }),
            "{item:?}\n{}",
            after.text()
        );
    }
}

/// Every line that a side added is there. Lines that the model reads are merged by meaning, and a
/// bracketed hint gives way.
fn check_lines(base: &Record, before: &Record, after: &Record) {
    let old: HashSet<&str> = lines(base.text()).collect();
    let now: HashSet<&str> = lines(after.text()).collect();
    let counted: HashSet<&str> = lines(base.text()).filter_map(numbered).collect();
    let items = before.checklist().iter().chain(before.actions());
    let items: HashSet<&str> = items
        .map(|item| before.text()[item.span.clone()].trim())
        .collect();
    for line in lines(before.text()) {
        let at = line.as_ptr() as usize - before.text().as_ptr() as usize;
        let is_in = |section: &Section| section.heading.contains(&at);
        let by_meaning = before.sections().iter().any(is_in)
            || line.starts_with(['#', '*'])
            || line.contains("**")
            || items.contains(line);
        let hint = line.contains('[') && line.ends_with(']');
        // A rule, or what underlines a heading.
        let hint = hint || line.chars().all(|c| matches!(c, '-' | '='));
        let kept = line.is_empty() || old.contains(line) || now.contains(line);
        let kept = kept || by_meaning || hint;
        // Another number is no other item.
        let kept = kept || numbered(line).is_some_and(|words| counted.contains(words));
        // An open box gives way to a ticked one, and evidence of both sides stands behind one label,
        // also where the line is no item in its own version.
        let has_box = line.contains("[ ] ") || line.to_lowercase().contains("[x] ");
        let words = line.split_once("] ").map_or(line, |(_, words)| words);
        let mut parts = words.split(" - ");
        let kept = kept || has_box && parts.all(|part| after.text().contains(part));
        assert!(kept, "{line:?} is gone\n{}", after.text());
    }
}

/// The words of an item of a numbered list.
fn numbered(line: &str) -> Option<&str> {
    let words = line.trim_start_matches(|c: char| c.is_ascii_digit());
    words
        .strip_prefix(". ")
        .filter(|_| words.len() < line.len())
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).map(str::trim)
}
