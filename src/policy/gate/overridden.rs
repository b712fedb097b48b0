//! Overrides as the timeline tells them: what each one named, and for which fix.

use crate::record::{Finding, Level, Record};

/// How the timeline's line begins.
const BEGIN: &str = "Gate overridden by ";

/// What stands between the reason and the findings.
const SKIPPED: &str = "(skipped: ";

/// The timeline's line: who, the fix's tip, why, and the findings that were skipped.
///
/// `Gate overridden by Ada at 1a3e64c - staging is down (skipped: [ ] Rollback plan ready)`
///
/// The first ` at <id> - ` ends the name and the first `(skipped: ` the reason, whatever stands in
/// them: where they hold such marks themselves they lose a dash or take another bracket.
pub fn override_note(who: &str, tip: Option<&str>, reason: &str, skipped: &str) -> String {
    let at = tip.map_or(String::new(), |tip| {
        format!(" at {}", tip.get(..7).unwrap_or(tip))
    });
    let who = match named_fix(&format!(" {who} - ")) {
        Some(_) => who.replace('-', " "),
        None => who.to_owned(),
    };
    let reason = folded(reason).replace(SKIPPED.trim_end(), "[skipped:");
    folded(&format!("{BEGIN}{who}{at} - {reason} {SKIPPED}{skipped})"))
}

/// The timeline holds one line, so blanks are folded.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first ` at <id> - ` of a text: what stands before it, the id, and what comes after.
fn named_fix(text: &str) -> Option<(&str, &str, &str)> {
    let ends = text.char_indices().map(|(at, _)| text.split_at(at));
    ends.into_iter().find_map(|(before, rest)| {
        let (tip, after) = rest.strip_prefix(" at ")?.split_once(" - ")?;
        let is_id = tip.len() >= 7 && tip.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then_some((before, tip, after))
    })
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
        // The blank before a name, since a name may be missing.
        let rest = text.strip_prefix(BEGIN.trim_end())?;
        let (who, tip, rest) = named_fix(rest)?;
        let (reason, skipped) = rest.strip_suffix(')')?.split_once(SKIPPED)?;
        Some(Override {
            who: who.trim(),
            tip,
            reason: reason.trim(),
            skipped,
        })
    }

    fn names(&self, message: &str) -> bool {
        let message = folded(message);
        let skipped = folded(self.skipped);
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

    #[test]
    fn a_name_or_a_reason_with_the_marks_of_the_line_is_understood() {
        for (who, reason) in [
            ("Ada - SRE", "staging down"),
            ("Ada at Acme", "down at noon - all of it"),
            ("Ada at 9f8e7d6 - SRE", "because (skipped: a; b) of it"),
            ("Ada (skipped: x)", "(skipped: x)"),
            ("Ada at", "at 9f8e7d6 - x; y [ ] z)"),
            ("", "no name"),
        ] {
            let skipped = "[ ] Rollback plan ready (skipped: no); a; b";
            let noted = record(&[override_note(who, Some(TIP), reason, skipped)]);
            for message in ["[ ] Rollback plan ready (skipped: no)", "a", "b"] {
                let passed = level(message, &noted, &[TIP]).0;
                assert_eq!(passed, Level::Warn, "{who} {reason} {message}");
            }
            for (message, tip) in [("x", TIP), ("a", OTHER)] {
                let held = level(message, &noted, &[tip]).0;
                assert_eq!(held, Level::Block, "{who} {reason} {message}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_note_is_understood_whatever_the_name_and_the_reason(
            who in "(Ada|\\PC{0,12}| at | - |[0-9a-f]{7}|\\(skipped: |; ){0,5}",
            reason in "(down|\\PC{0,12}| at | - |[0-9a-f]{7}|\\(skipped: |; |[\\[\\])]){1,6}",
            messages in prop::collection::vec("[a-z\\[(][ -~]{0,20}[a-z)]", 1..4),
        ) {
            let note = override_note(&who, Some(TIP), &reason, &messages.join("; "));
            let noted = record(std::slice::from_ref(&note));
            for message in &messages {
                prop_assert_eq!(level(message, &noted, &[TIP]).0, Level::Warn, "{}", note);
                prop_assert_eq!(level(message, &noted, &[OTHER]).0, Level::Block, "{}", note);
            }
        }
    }
}
