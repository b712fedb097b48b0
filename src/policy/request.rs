//! What a pull request says, from the record.

use crate::record::{Field, Item, ItemState, Record, SectionName};

/// The most characters that a part takes: who wants all of it reads the record.
const MOST: usize = 600;

/// How the timeline says that a request was opened; its URL follows.
pub const OPENED: &str = "Pull request opened";

/// How the timeline says that a person was given the text of a request to open it; where it goes follows.
pub const ASKED_FOR: &str = "Pull request asked for";

/// Whether the record tells of a request.
pub fn is_asked_for(record: &Record) -> bool {
    let mut entries = record.timeline().iter();
    entries.any(|entry| {
        [OPENED, ASKED_FOR]
            .iter()
            .any(|words| entry.text.starts_with(words))
    })
}

/// The body of a request: what a reviewer must know, and the trailers, which a squash keeps.
pub fn body(record: &Record, id: &str, overridden: Option<&str>) -> String {
    let mut parts = Vec::new();
    let impact = record.field(Field::Impact);
    parts.extend(impact.map(|impact| format!("**Impact**: {}", short(impact))));
    parts.extend(overridden.map(|why| format!("**Gate overridden**: {}", short(why))));
    for (title, section) in [
        ("Mitigation", SectionName::Mitigation),
        ("Root cause", SectionName::RootCause),
    ] {
        let prose = record.prose(section);
        parts.extend(prose.map(|prose| format!("### {title}\n\n{}", short(prose))));
    }
    let is_rollback = |item: &&Item| item.label.to_lowercase().contains("rollback");
    // The root cause has a part of its own.
    let tested = record
        .checklist()
        .iter()
        .filter(|item| !item.is_root_cause());
    let lines: Vec<String> = tested.filter(|item| !is_rollback(item)).map(line).collect();
    if !lines.is_empty() {
        parts.push(format!("### How it was tested\n\n{}", lines.join("\n")));
    }
    let mut back: Vec<String> = record
        .checklist()
        .iter()
        .filter(is_rollback)
        .map(line)
        .collect();
    back.extend(
        record
            .field(Field::Base)
            .map(|base| format!("- The fix stands on {base}")),
    );
    if !back.is_empty() {
        parts.push(format!("### Rollback plan\n\n{}", back.join("\n")));
    }
    let severity = record.field(Field::Severity).unwrap_or("unknown");
    parts.push(format!("Incident: {id}\nSeverity: {severity}"));
    parts.join("\n\n") + "\n"
}

/// An item as the record has it, with its evidence.
fn line(item: &Item) -> String {
    let mark = if item.state == ItemState::Done {
        'x'
    } else {
        ' '
    };
    let evidence = item.evidence.as_deref();
    let evidence = match evidence.map(str::trim) {
        // Only who and when.
        Some(signed) if signed.starts_with('(') => format!(" {signed}"),
        Some(words) => format!(" - {words}"),
        None => String::new(),
    };
    short(&format!("- [{mark}] {}{evidence}", item.label))
}

/// At most [`MOST`] characters, without control characters but line breaks and tabs.
fn short(text: &str) -> String {
    let seen = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.trim().chars().filter(seen).collect();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const RECORD: &str = "# Postmortem: Login is down\n\n**Severity**: P0\n\
        **Impact**: 1200 users cannot log in\n**Base**: v2.3.1 (1a3e64c6c4)\n\n## Checklist\n\n\
        Before deploying hotfix:\n\n- [x] Root cause identified - (Ada, 2026-11-22 14:00:00Z)\n\
        - [x] Fix tested locally - cargo test (Ada, 2026-11-22 14:31:00Z)\n\
        - [ ] Fix tested in staging (if time permits) - skipped: none (Ada, 2026-11-22 14:31:00Z)\n\
        - [x] Rollback plan ready - back to v2.3.0 (Ada, 2026-11-22 14:32:00Z)\n\n\
        ## Mitigation Applied\n- rollback: api\n\n## Root Cause\nold tokens\n";

    #[test]
    fn a_reviewer_reads_what_matters_and_the_trailers_are_last() {
        expect![[r#"
            **Impact**: 1200 users cannot log in

            ### Mitigation

            - rollback: api

            ### Root cause

            old tokens

            ### How it was tested

            - [x] Fix tested locally - cargo test (Ada, 2026-11-22 14:31:00Z)
            - [ ] Fix tested in staging - skipped: none (Ada, 2026-11-22 14:31:00Z)

            ### Rollback plan

            - [x] Rollback plan ready - back to v2.3.0 (Ada, 2026-11-22 14:32:00Z)
            - The fix stands on v2.3.1 (1a3e64c6c4)

            Incident: 2026-11-22-login
            Severity: P0
        "#]]
        .assert_eq(&body(&Record::parse(RECORD), "2026-11-22-login", None));
    }

    #[test]
    fn what_is_empty_is_left_out_and_what_is_long_is_cut() {
        let empty = body(&Record::parse(""), "x", Some("customers wait"));
        let trailers = "Incident: x\nSeverity: unknown\n";
        assert_eq!(
            empty,
            format!("**Gate overridden**: customers wait\n\n{trailers}")
        );
        let long = format!("# P\n\n## Root Cause\n{}\u{1b}[31m\n", "é".repeat(9000));
        let cut = body(&Record::parse(long), "x", None);
        assert!(cut.chars().count() < 800 && !cut.contains('\u{1b}'));
        assert!(cut.ends_with(&format!("é …\n\n{trailers}")), "{cut}");
    }
}
