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
