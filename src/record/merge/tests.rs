//! What a merge keeps.

use super::super::{Field, ItemState, Record, SectionName};
use super::merge;

const FRESH: &str = include_str!("../../../fixtures/records/fresh.md");

/// The same whichever side is ours.
fn both_ways(base: &str, ours: &str, theirs: &str) -> super::Merged {
    let merged = merge(base, ours, theirs);
    assert_eq!(merged, merge(base, theirs, ours));
    merged
}

fn change(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

const DETECTED: &str = "14:05:31Z: Incident detected\n";

#[test]
fn one_sided_changes_are_taken_as_they_are() {
    let ours = change(FRESH, &[("[description]", "all\r\n\t weird")]);
    assert_eq!(merge(FRESH, &ours, FRESH).text, ours);
    assert_eq!(merge(FRESH, FRESH, &ours).text, ours);
    assert_eq!(merge(FRESH, &ours, &ours).text, ours);
}

#[test]
fn timelines_are_united_by_time() {
    let line = |clock: &str, text: &str| format!("- 2026-11-22 {clock}Z: {text}\n");
    let (a, b, c) = (
        line("14:10:00", "a"),
        line("14:20:00", "b"),
        line("14:30:00", "c"),
    );
    let ours = change(FRESH, &[(DETECTED, &format!("{DETECTED}{a}{c}"))]);
    let theirs = change(FRESH, &[(DETECTED, &format!("{DETECTED}{b}{c}"))]);
    let merged = both_ways(FRESH, &ours, &theirs);
    assert_eq!(merged.conflicts, 0);
    let expected = change(FRESH, &[(DETECTED, &format!("{DETECTED}{a}{b}{c}"))]);
    assert_eq!(merged.text, expected);
    // A line one side deleted stays.
    let fewer = change(&ours, &[(&a, ""), ("[description]", "all")]);
    let more = change(&ours, &[(&c, &format!("{c}{}", line("14:40:00", "d")))]);
    let merged = both_ways(&ours, &fewer, &more);
    assert_eq!(Record::parse(merged.text).timeline().len(), 4);
}

#[test]
fn a_table_below_the_list_keeps_its_head_and_the_words_above_it() {
    let list = format!("{DETECTED}- 2026-11-22 14:10:00Z: a\n");
    let table = "\nFrom the pager:\n\n| Time | Event |\n|---|---|\n| 2026-11-22 14:08Z | p |\n";
    let theirs = change(FRESH, &[(DETECTED, &list)]);
    let ours = change(FRESH, &[(DETECTED, &format!("{DETECTED}{table}"))]);
    let merged = both_ways(FRESH, &ours, &theirs);
    assert!(merged.text.contains(table.trim_start()), "{}", merged.text);
    assert_eq!(Record::parse(merged.text.as_str()).timeline().len(), 3);
    // Rows from both sides come into the table.
    let row = |clock: &str| format!("| 2026-11-22 {clock}Z | p |\n");
    let base = merged.text;
    let with = |more: &str| {
        change(
            &base,
            &[(&row("14:08"), &format!("{}{more}", row("14:08")))],
        )
    };
    let merged = both_ways(&base, &with(&row("14:12")), &with(&row("14:09")));
    let rows = ["14:08", "14:09", "14:12"].map(row).concat();
    assert!(merged.text.contains(&rows), "{}", merged.text);
    assert_eq!(merged.text.matches("From the pager:").count(), 1);
    assert_eq!(Record::parse(merged.text.as_str()).timeline().len(), 5);
}

#[test]
fn ticks_win_over_blanks_and_keep_all_evidence() {
    let (plain, staging) = (
        "- [ ] Fix tested locally",
        "[ ] Fix tested in staging (if time permits)",
    );
    let ours = change(
        FRESH,
        &[
            (
                plain,
                "- [x] Fix tested locally - make (Ada, 2026-11-22 14:31:00Z)",
            ),
            (
                staging,
                "[ ] Fix tested in staging (if time permits) - skipped: gone (Ada, 2026-11-22 14:32:00Z)",
            ),
        ],
    );
    let theirs = change(
        FRESH,
        &[
            (
                plain,
                "- [x] Fix tested locally - by hand (Ben, 2026-11-22 14:33:00Z)",
            ),
            (
                staging,
                "[x] Fix tested in staging (if time permits) - up (Ben, 2026-11-22 14:34:00Z)",
            ),
            ("- [ ] Rollback", "- [x] Rollback"),
        ],
    );
    let record = Record::parse(both_ways(FRESH, &ours, &theirs).text);
    let items = record.checklist();
    assert_eq!(items.len(), 5);
    let evidence = items[1].evidence.as_deref().unwrap();
    assert!(evidence.contains("make (Ada") && evidence.contains("by hand (Ben"));
    assert_eq!(items[1].label, "Fix tested locally");
    assert_eq!(
        (items[2].state, items[2].label.as_str()),
        (ItemState::Done, "Fix tested in staging")
    );
    let evidence = items[2].evidence.as_deref().unwrap();
    assert_eq!(
        evidence,
        "up (Ben, 2026-11-22 14:34:00Z); skipped: gone (Ada, 2026-11-22 14:32:00Z)"
    );
    assert_eq!(items[3].state, ItemState::Done);
}

#[test]
fn header_lines_take_the_change_and_lose_no_words() {
    let ours = change(
        FRESH,
        &[
            ("P0", "P2"),
            ("[description]", "EU"),
            ("[none]", "A-1"),
            ("[when it started]", "noon"),
        ],
    );
    let theirs = change(
        FRESH,
        &[
            ("P0", "P1"),
            ("[description]", "US"),
            ("[is it getting worse]", "yes"),
        ],
    );
    let merged = both_ways(FRESH, &ours, &theirs);
    let record = Record::parse(merged.text);
    assert_eq!(record.field(Field::Severity), Some("P1"));
    assert!(matches!(
        record.field(Field::Impact),
        Some("EU / US" | "US / EU")
    ));
    assert_eq!(record.field(Field::Task), Some("A-1"));
    assert_eq!(record.field(Field::Started), Some("noon"));
    assert_eq!(record.field(Field::Trend), Some("yes"));
    assert_eq!(merged.conflicts, 0);
    let theirs = change(&theirs, &[("[none]", "B-2")]);
    assert_eq!(both_ways(FRESH, &ours, &theirs).conflicts, 1);
}

#[test]
fn status_and_duration_follow_the_merged_timeline() {
    let add = |text: &str| change(FRESH, &[(DETECTED, &format!("{DETECTED}{text}"))]);
    let ours = add("- 2026-11-22 15:05:31Z: Incident resolved\n");
    let theirs = add("- 2026-11-22 14:30:00Z: Mitigation applied\n");
    let record = Record::parse(both_ways(FRESH, &ours, &theirs).text);
    assert_eq!(record.field(Field::Status), Some("Resolved"));
    assert!(record.field(Field::Duration).unwrap().ends_with("(1 h)"));
}

#[test]
fn two_stories_of_one_cause_are_a_conflict() {
    let cause = "[What caused the incident]";
    let ours = change(FRESH, &[(cause, "A typo.\n\n## Notice\nSent.")]);
    let theirs = change(FRESH, &[(cause, "A race.")]);
    let merged = both_ways(FRESH, &ours, &theirs);
    assert_eq!(merged.conflicts, 1);
    let record = Record::parse(merged.text);
    let prose = record.prose(SectionName::RootCause).unwrap();
    assert!(prose.contains("A typo.") && prose.contains("A race."));
    assert_eq!(record.conflict_lines().len(), 3);
    assert_eq!(record.sections().len(), 9);
}

#[test]
fn deleted_paragraphs_stay_and_rewritten_ones_do_not() {
    let text = |words: &str| format!("# t\n\n## Root Cause\n{words}\n\n## Resolution\nx\n");
    let base = text("The cache was cold in the morning.\n\nNobody looked.");
    let theirs = base.replace("\nx\n", "\ny\n");
    let ours = text("Nobody looked.");
    assert_eq!(
        both_ways(&base, &ours, &theirs)
            .text
            .matches("cache")
            .count(),
        1
    );
    let ours = text("The cache was cold in the evening.\n\nNobody looked.");
    let merged = both_ways(&base, &ours, &theirs).text;
    assert!(merged.contains("evening") && !merged.contains("morning"));
    let ours = text("Nobody looked.\n\nThe cache was cold in the morning.");
    assert_eq!(
        both_ways(&base, &ours, &theirs)
            .text
            .matches("cache")
            .count(),
        1
    );
}

#[test]
fn items_of_both_sides_are_united() {
    let hint = "- [ ] [Preventive measure 1]\n";
    let ours = change(
        FRESH,
        &[
            (hint, "- [ ] one\n- [ ] both\n"),
            ("- [Lesson 1]\n", "- a\n"),
        ],
    );
    let theirs = change(
        FRESH,
        &[
            (hint, "- [ ] two\n  more\n- [ ] both\n"),
            ("- [Lesson 1]\n", "- b\n"),
        ],
    );
    let merged = both_ways(FRESH, &ours, &theirs);
    assert_eq!(merged.conflicts, 0);
    let record = Record::parse(merged.text);
    assert_eq!(record.actions().len(), 3);
    assert!(record.text().contains("two\n  more\n"));
    assert!(!record.text().contains("[Lesson 1]"));
}

#[test]
fn tables_and_their_rows_are_united_too() {
    let base = include_str!("../../../fixtures/records/odd.md");
    let row = "| Mitigation applied |\r\n";
    let ours = change(
        base,
        &[(row, &format!("{row}| 2026-11-22 14:20Z | ours |\r\n"))],
    );
    let theirs = change(
        base,
        &[(row, &format!("{row}| 2026-11-22 14:15Z | theirs |\r\n"))],
    );
    let merged = both_ways(base, &ours, &theirs);
    assert_eq!(merged.conflicts, 0);
    let record = Record::parse(merged.text);
    let texts: Vec<_> = record.timeline().iter().map(|e| e.text.as_str()).collect();
    let place = |text: &str| texts.iter().position(|t| *t == text);
    assert!(place("Mitigation applied") < place("theirs") && place("theirs") < place("ours"));
    assert_eq!(texts.len(), 5, "{texts:?}");
    assert_eq!(record.sections().len(), 4);
}

#[test]
fn sections_only_one_side_has_are_kept() {
    let base = "# t\n\n## Root Cause\nx\n";
    let ours = "# t\n\n## Root Cause\nx\n\n## Notice\na\n";
    let theirs = "# t\n\n## Timeline\n- 2026-11-22 14:05:31Z: b\n";
    let merged = both_ways(base, ours, theirs);
    let record = Record::parse(merged.text);
    let titles: Vec<_> = record.sections().iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
}
