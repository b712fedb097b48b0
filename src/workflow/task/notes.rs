//! What the tracker is told at the end, made from the record.

use crate::git::CommitInfo;
use crate::record::{Field, Milestone, Record, SectionName, when};

/// More commits than these are counted, not named.
const NAMED: usize = 5;

/// `Mitigated: … Fixed: … Deployed: …`, of a record and the fix's commits, the latest first.
pub(super) fn of_resolved(record: &Record, commits: &[CommitInfo]) -> String {
    let parts = [
        ("Mitigated", mitigated(record)),
        ("Fixed", fixed(record, commits)),
        ("Deployed", deployed(record)),
    ];
    let parts = parts.map(|(word, what)| {
        let what = what.trim_end_matches(['.', ' ']);
        format!("{word}: {what}.")
    });
    parts.join(" ")
}

/// `Abandoned: …`.
pub(super) fn of_abandoned(record: &Record) -> String {
    let why = detail(record, Milestone::Abandoned).unwrap_or("no reason was given");
    format!("Abandoned: {why}")
}

fn mitigated(record: &Record) -> String {
    let prose = || record.prose(SectionName::Mitigation).and_then(first_line);
    match detail(record, Milestone::Mitigated).or_else(prose) {
        Some(what) => what.to_owned(),
        None => "no".to_owned(),
    }
}

fn fixed(record: &Record, commits: &[CommitInfo]) -> String {
    let said = record.prose(SectionName::Resolution).and_then(first_line);
    let said = said.or_else(|| detail(record, Milestone::Resolved));
    let commits = named(commits);
    match (said, commits.is_empty()) {
        (Some(said), true) => said.to_owned(),
        (Some(said), false) => format!("{} ({commits})", said.trim_end_matches('.')),
        (None, false) => commits,
        (None, true) => "without a commit".to_owned(),
    }
}

/// `1a2b3c4 fix: …; …`, oldest first, and how many more there are.
fn named(commits: &[CommitInfo]) -> String {
    let name = |commit: &CommitInfo| format!("{} {}", commit.id.short(), commit.subject());
    let mut words: Vec<String> = commits.iter().rev().take(NAMED).map(name).collect();
    if commits.len() > NAMED {
        words.push(format!("and {} more", commits.len() - NAMED));
    }
    words.join("; ")
}

fn deployed(record: &Record) -> String {
    let Some(at) = record.reached(Milestone::Deployed) else {
        return match record.field(Field::Branch) {
            Some(_) => "not recorded".to_owned(),
            None => "no".to_owned(),
        };
    };
    let at = when::stamp(at);
    match detail(record, Milestone::Deployed) {
        Some(what) => format!("{at}, {what}"),
        None => at,
    }
}

/// What the latest line of a milestone says behind its phrase.
fn detail(record: &Record, milestone: Milestone) -> Option<&str> {
    let entries = record.timeline().iter().rev();
    let mut of_it = entries.filter(|entry| entry.milestone == Some(milestone));
    of_it.find_map(Milestone::detail_of)
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{Ident, Oid};
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    const COMPLETE: &str = include_str!("../../../fixtures/records/complete.md");
    const FRESH: &str = include_str!("../../../fixtures/records/fresh.md");

    fn commit(number: usize, subject: &str) -> CommitInfo {
        let id = Oid::from_hex(&format!("{number:040x}")).unwrap();
        let ada = Ident {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
        };
        CommitInfo {
            tree: id.clone(),
            id,
            parents: Vec::new(),
            message: format!("{subject}\n\nbody\n"),
            author: ada,
            authored: DateTime::<Utc>::UNIX_EPOCH,
            committed: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_record_gives_all_three() {
        let record = Record::parse(COMPLETE);
        let notes = of_resolved(&record, &[commit(1, "fix: [HOTFIX] log in")]);
        assert!(notes.starts_with("Mitigated: "), "{notes}");
        assert!(notes.contains(". Fixed: "), "{notes}");
        assert!(notes.contains("fix: [HOTFIX] log in"), "{notes}");
        assert!(notes.contains(". Deployed: "), "{notes}");
        assert!(!notes.contains('\n'), "{notes}");
    }

    #[test]
    fn what_is_not_known_is_said() {
        let notes = of_resolved(&Record::parse(FRESH), &[]);
        assert_eq!(
            notes,
            "Mitigated: no. Fixed: without a commit. Deployed: not recorded."
        );
        let many: Vec<CommitInfo> = (0..7).map(|n| commit(n, "fix: x")).collect();
        assert!(named(&many).ends_with("; and 2 more"));
    }

    proptest! {
        #[test]
        fn no_record_is_too_odd(text in "(\\PC|\n|- 2026-11-22 14:05:31Z: Fix deployed|## Resolution\n){0,60}") {
            let record = Record::parse(text);
            of_resolved(&record, &[]);
            of_abandoned(&record);
        }
    }
}
