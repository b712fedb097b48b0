//! Overrides as the timeline tells them: what each one named, and for which fix.

use crate::record::{Finding, Level, Record};

/// How the timeline's line begins.
const BEGIN: &str = "Gate overridden by ";

/// The timeline's line: who, the fix's tip, why, and the findings that were skipped.
///
/// `Gate overridden by Ada at 1a3e64c - staging is down (skipped: [ ] Rollback plan ready)`
pub fn override_note(who: &str, tip: Option<&str>, reason: &str, skipped: &str) -> String {
    let at = tip.map_or(String::new(), |tip| {
        format!(" at {}", tip.get(..7).unwrap_or(tip))
    });
    format!("{BEGIN}{who}{at} - {reason} (skipped: {skipped})")
}

/// The same findings with those as warnings that somebody has overridden on the record, for each of
/// these tips of the fix (full ids). Another fix, or a finding that came up later, is not excused.
pub fn excused(mut findings: Vec<Finding>, record: &Record, tips: &[&str]) -> Vec<Finding> {
    let overrides: Vec<Override<'_>> = record
        .timeline()
        .iter()
        .filter_map(|entry| Override::read(&entry.text))
        .collect();
    for finding in &mut findings {
        let passes = |tip: &&str| {
            let mut given = overrides.iter();
            given.find(|given| tip.starts_with(given.tip) && given.names(&finding.message))
        };
        let by: Option<Vec<&Override<'_>>> = tips.iter().map(passes).collect();
        let Some(Override { who, reason, .. }) = by.as_ref().and_then(|by| by.first()) else {
            continue;
        };
        if finding.level == Level::Block {
            finding.level = Level::Warn;
            finding.message = format!("{} (overridden by {who} - {reason})", finding.message);
            finding.remedy = None;
        }
    }
    findings
}

/// One override that names its fix.
struct Override<'a> {
    who: &'a str,
    tip: &'a str,
    reason: &'a str,
    skipped: &'a str,
}

impl Override<'_> {
    fn read(text: &str) -> Option<Override<'_>> {
        let rest = text.strip_prefix(BEGIN)?;
        let (given, skipped) = rest.strip_suffix(')')?.rsplit_once(" (skipped: ")?;
        let (by, reason) = given.split_once(" - ")?;
        let (who, tip) = by.rsplit_once(" at ")?;
        let is_id = tip.len() >= 7 && tip.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then_some(Override {
            who,
            tip,
            reason,
            skipped,
        })
    }

    /// The timeline holds one line, so blanks may have been folded.
    fn names(&self, message: &str) -> bool {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let skipped = self
            .skipped
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        !message.is_empty() && format!("; {skipped}; ").contains(&format!("; {message}; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TIP: &str = "1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e";
    const OTHER: &str = "9f8e7d6c5b9f8e7d6c5b9f8e7d6c5b9f8e7d6c5b";

    fn finding(message: &str) -> Finding {
        Finding {
            id: "gate-checklist",
            level: Level::Block,
            line: None,
            commit: None,
            message: message.to_owned(),
            remedy: Some("git hotfix check 1".to_owned()),
        }
    }

    fn record(lines: &[String]) -> Record {
        let entries: String = lines
            .iter()
            .map(|line| format!("- 2026-11-22 14:05:31Z: {line}\n"))
            .collect();
        Record::parse(format!("# Postmortem: x\n\n## Timeline\n{entries}"))
    }

    fn level(message: &str, record: &Record, tips: &[&str]) -> (Level, String) {
        let found = excused(vec![finding(message)], record, tips).remove(0);
        (found.level, found.message)
    }

    #[test]
    fn what_was_overridden_for_this_fix_only_warns() {
        let skipped = "[ ] Rollback plan ready; Impact is not described";
        let note = override_note("Ada", Some(TIP), "staging is down", skipped);
        assert_eq!(
            note,
            "Gate overridden by Ada at 1a2b3c4 - staging is down (skipped: [ ] Rollback plan ready; \
             Impact is not described)"
        );
        let record = record(&[note]);
        let (level_of, message) = level("[ ] Rollback plan ready", &record, &[TIP]);
        assert_eq!(level_of, Level::Warn);
        assert_eq!(
            message,
            "[ ] Rollback plan ready (overridden by Ada - staging is down)"
        );
        assert_eq!(
            level("Impact is not described", &record, &[TIP]).0,
            Level::Warn
        );
        for (message, tips) in [
            ("[ ] Rollback plan ready", &[OTHER][..]),
            ("[ ] Rollback plan ready", &[TIP, OTHER]),
            ("[ ] Rollback plan ready", &[]),
            ("Severity is not set", &[TIP]),
            ("Rollback plan ready", &[TIP]),
            ("", &[TIP]),
        ] {
            assert_eq!(
                level(message, &record, tips).0,
                Level::Block,
                "{message} {tips:?}"
            );
        }
    }

    #[test]
    fn an_override_without_a_fix_holds_for_none() {
        let old = record(&["Gate overridden by Ada - why (skipped: a)".to_owned()]);
        assert_eq!(level("a", &old, &[TIP]).0, Level::Block);
        let short = record(&["Gate overridden by Ada at 1 - why (skipped: a)".to_owned()]);
        assert_eq!(level("a", &short, &[TIP]).0, Level::Block);
    }

    #[test]
    fn two_fixes_may_each_have_their_own() {
        let both = record(&[
            override_note("Ada", Some(TIP), "why", "a; b"),
            override_note("Bob", Some(OTHER), "because", "b"),
        ]);
        assert_eq!(level("b", &both, &[TIP, OTHER]).0, Level::Warn);
        assert_eq!(level("a", &both, &[TIP, OTHER]).0, Level::Block);
    }

    proptest! {
        #[test]
        fn a_note_is_understood_whatever_the_reason(
            reason in "[!-~][ -~]{0,30}",
            messages in prop::collection::vec("[a-z\\[][a-z \\]]{0,20}[a-z]", 1..4),
        ) {
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            let note = override_note("Ada", Some(TIP), &reason, &messages.join("; "));
            let given = Override::read(&note);
            prop_assert!(given.is_some());
            for message in &messages {
                prop_assert!(given.as_ref().is_some_and(|given| given.names(message)));
            }
        }
    }
}
