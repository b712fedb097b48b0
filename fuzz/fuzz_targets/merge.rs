//! Three texts merged as versions of one record: nothing a side says is lost.
//!
//! Input: the common text, one side and the other, NULs between them.
#![no_main]

use git_hotfix_fuzz::record::{ItemState, Record, merge};
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
    let after = Record::parse(merged.text.as_str());
    for side in [&ours, &theirs] {
        let before = Record::parse(side.as_ref());
        check_timeline(&before, &after);
        check_checklist(&before, &after);
        check_lines(&base, &before, &after);
    }
});

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
        assert!(now.get(&entry).is_some_and(|n| *n >= count), "{entry:?}\n{}", after.text());
    }
}

/// A tick wins over a blank, and a reason stays.
fn check_checklist(before: &Record, after: &Record) {
    for item in before.checklist() {
        let mut now = after.checklist().iter().filter(|i| i.label == item.label);
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

/// Every line that a side added is there. Lines that the model reads are merged by meaning.
fn check_lines(base: &str, before: &Record, after: &Record) {
    let old: HashSet<&str> = base.split(['\n', '\r']).map(str::trim).collect();
    let now: HashSet<&str> = after.text().split(['\n', '\r']).map(str::trim).collect();
    let items = before.checklist().iter().chain(before.actions());
    let items: HashSet<&str> = items.map(|item| before.text()[item.span.clone()].trim()).collect();
    for line in before.text().split(['\n', '\r']).map(str::trim) {
        let by_meaning = line.starts_with(['#', '*']) || line.contains("**") || items.contains(line);
        let kept = line.is_empty() || old.contains(line) || by_meaning || now.contains(line);
        assert!(kept, "{line:?} is gone\n{}", after.text());
    }
}
