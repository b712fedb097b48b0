//! What a change does to a record, and what it leaves alone.

use super::super::ItemState;
use super::*;

const FRESH: &str = include_str!("../../../fixtures/records/fresh.md");

fn at(clock: &str) -> DateTime<Utc> {
    format!("2026-11-22T{clock}Z").parse().unwrap()
}

fn note(clock: &str, text: &str) -> Change {
    Change::Note {
        at: at(clock),
        text: text.into(),
    }
}

fn milestone(milestone: Milestone, clock: &str) -> Change {
    Change::Milestone {
        milestone,
        at: at(clock),
        detail: None,
    }
}

fn prose(section: SectionName, text: &str) -> Change {
    Change::Prose {
        section,
        text: text.into(),
    }
}

fn tick(item: usize) -> Change {
    Change::Tick {
        item,
        evidence: Some("make - test".into()),
        by: "Ada".into(),
        at: at("14:31:00"),
    }
}

fn after(text: &str, changes: &[Change]) -> Record {
    let record = Record::parse(text);
    changes
        .iter()
        .fold(record, |record, change| apply(&record, change))
}

#[test]
fn a_header_never_lands_in_a_section_that_stands_before_the_title() {
    let impact = Change::Field {
        field: Field::Impact,
        value: "nobody can pay".into(),
    };
    let record = after("## Notes\n\n# Cart is down\n", &[impact]);
    assert_eq!(record.field(Field::Impact), Some("nobody can pay"));
    assert_eq!(
        record.text(),
        "**Impact**: nobody can pay\n\n## Notes\n\n# Cart is down\n"
    );
}

#[test]
fn a_row_behind_a_lone_carriage_return_does_not_cut_the_table() {
    let table = "## Timeline\r\n\r\n| Time | Event |\r\n|---|---|\r\n\
        | 2026-11-22 14:05:00Z | a |\r| 2026-11-22 14:10:00Z | b |\r\n";
    let record = after(table, &[note("14:06:00", "x")]);
    assert!(
        record
            .text()
            .contains("| a |\r\n| 2026-11-22 14:06:00Z | x |\r\n| 2026")
    );
    assert_eq!(record.timeline().len(), 3);
}

#[test]
fn notes_stand_by_time_and_behind_those_of_the_same_time() {
    let record = after(
        FRESH,
        &[
            note("15:00:00", "c"),
            note("14:30:00", "a"),
            note("14:30:00", "b\r\n\u{1b}[31mred"),
            note("13:00:00", "first"),
        ],
    );
    let texts: Vec<_> = record.timeline().iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts, ["first", "Incident detected", "a", "b red", "c"]);
}

#[test]
fn status_and_duration_follow_the_timeline() {
    let record = after(
        FRESH,
        &[
            milestone(Milestone::Mitigated, "14:20:00"),
            milestone(Milestone::Resolved, "15:00:31"),
        ],
    );
    assert_eq!(record.field(Field::Status), Some("Resolved"));
    assert_eq!(
        record.field(Field::Duration),
        Some("2026-11-22 14:05:31Z - 2026-11-22 15:00:31Z (55 min)")
    );
    let record = apply(&record, &milestone(Milestone::Reopened, "15:10:00"));
    assert_eq!(record.field(Field::Status), Some("Mitigated"));
    assert_eq!(
        record.field(Field::Duration),
        Some("2026-11-22 14:05:31Z - ongoing")
    );
}

#[test]
fn a_status_no_milestone_speaks_of_is_left_alone() {
    let text = "**Status**: Completed\n\n## Timeline\n- 2026-11-22 14:05Z: a\n";
    let record = after(text, &[note("15:00:00", "b")]);
    assert_eq!(record.field(Field::Status), Some("Completed"));
    assert_eq!(record.field(Field::Duration), None);
}

#[test]
fn a_tick_a_skip_and_back_leave_the_line_as_it_was() {
    let ticked = after(FRESH, &[tick(2)]);
    let item = &ticked.checklist()[2];
    assert_eq!(item.state, ItemState::Done);
    assert_eq!(item.label, "Fix tested in staging");
    assert_eq!(
        item.evidence.as_deref(),
        Some("make - test (Ada, 2026-11-22 14:31:00Z)")
    );
    assert_eq!(apply(&ticked, &tick(2)).text(), ticked.text());
    let skip = Change::Skip {
        item: 2,
        reason: "no staging - sorry".into(),
        by: "Ada".into(),
        at: at("14:32:00"),
    };
    let skipped = apply(&ticked, &skip);
    assert_eq!(skipped.checklist()[2].state, ItemState::Skipped);
    assert!(skipped.text().contains(
        "- [ ] Fix tested in staging (if time permits) - skipped: no staging \\- sorry (Ada, 2026-11-22 14:32:00Z)\n"
    ));
    assert_eq!(apply(&skipped, &Change::Untick { item: 2 }).text(), FRESH);
    assert_eq!(
        apply(&skipped, &Change::Untick { item: 99 }).text(),
        skipped.text()
    );
}

#[test]
fn a_placeholder_is_replaced_and_words_are_added_to() {
    let once = after(
        FRESH,
        &[prose(SectionName::RootCause, "A typo.\n\n- one\n- two\n")],
    );
    assert_eq!(
        once.prose(SectionName::RootCause),
        Some("A typo.\n\n- one\n- two")
    );
    let again = apply(
        &once,
        &prose(SectionName::RootCause, "A typo.\n\n- one\n- two"),
    );
    assert_eq!(again.text(), once.text());
    let more = apply(&once, &prose(SectionName::RootCause, "And luck."));
    assert!(
        more.text()
            .contains("- one\n- two\n- And luck.\n\n## Resolution\n")
    );
    let lesson = after(
        FRESH,
        &[
            prose(SectionName::Lessons, "a"),
            prose(SectionName::Lessons, "b"),
        ],
    );
    assert!(lesson.text().contains("## Lessons Learned\n- a\n- b\n\n"));
}

#[test]
fn a_persons_text_cannot_divide_the_record() {
    for text in [
        "# a\n## Timeline\n- 2026-11-22 14:05:31Z: Incident resolved",
        "words\n---\nwords\n===",
        "```\n## x\ncode without an end",
        "<!-- no end",
        "- ```\n\n## y\n",
        "<<<<<<< a\nb\n=======\nc\n>>>>>>> d",
        "~~~\n<<<<<<< a\n~~~",
        "[none]",
        "<script>\nlet",
        "> quote\n    # a",
    ] {
        let record = after(FRESH, &[prose(SectionName::Mitigation, text)]);
        assert_eq!(record.sections().len(), 8, "{text}");
        assert_eq!(record.timeline().len(), 1, "{text}");
        assert_eq!(record.checklist().len(), 5, "{text}");
        assert!(record.conflict_lines().is_empty(), "{text}");
        assert!(record.prose(SectionName::Mitigation).is_some(), "{text}");
        assert_eq!(record.prose(SectionName::RootCause), None, "{text}");
    }
}

#[test]
fn an_action_behind_an_empty_item_is_one() {
    for end in ["*", "*\n", "-\r\n", "1."] {
        let text = format!("# Postmortem: x\n\n## Action Items\n- [ ] a\n\n{end}");
        let record = after(&text, &[Change::Action { text: "b".into() }]);
        let last = record.actions().last().map(|item| item.text.as_str());
        assert_eq!(last, Some("b"), "{}", record.text());
    }
}

#[test]
fn an_action_item_is_ticked_by_its_words() {
    let text = "# Postmortem: x\n\n## Action Items\n- [ ] a\n- [ ] b: c\n- [x] d\n- e\n";
    let done = |text: &str| Change::ActionDone {
        text: text.into(),
        by: "Ada".into(),
        at: at("15:00:00"),
    };
    let record = after(text, &[done("b: c"), done("a: c"), done("d"), done("e")]);
    let ticked = "- [ ] a\n- [x] b: c - (Ada, 2026-11-22 15:00:00Z)\n- [x] d\n- e\n";
    assert!(record.text().ends_with(ticked), "{}", record.text());
}

#[test]
fn actions_stand_behind_each_other() {
    let action = |text: &str| Change::Action { text: text.into() };
    let record = after(
        FRESH,
        &[action("one"), action("[two]"), action("a - skipped: b")],
    );
    let seen: Vec<_> = record
        .actions()
        .iter()
        .map(|i| (i.text.as_str(), i.state))
        .collect();
    assert_eq!(
        seen,
        [
            ("one", ItemState::Open),
            ("\\[two]", ItemState::Open),
            ("a \\- skipped: b", ItemState::Open)
        ]
    );
    assert!(
        record
            .text()
            .ends_with("## Action Items\n- [ ] one\n- [ ] \\[two]\n- [ ] a \\- skipped: b\n")
    );
}

#[test]
fn what_is_missing_is_added_in_its_place() {
    let text = "# t\r\n\r\n**Date**: 2026-11-22\r\n\r\n## Root Cause\r\nx\r\n";
    let set = |field, value: &str| Change::Field {
        field,
        value: value.into(),
    };
    let record = after(
        text,
        &[
            set(Field::Impact, "all"),
            set(Field::Severity, "P0"),
            set(Field::Trend, "worse"),
            note("15:00:00", "a"),
            prose(SectionName::Resolution, "done"),
        ],
    );
    let expected = "# t\r\n\r\n**Date**: 2026-11-22\r\n**Severity**: P0\r\n**Impact**: all\r\n\r\n\
        ## Investigation\r\n- **Affected**: [who or what is affected]\r\n\
        - **Started**: [when it started]\r\n- **Trend**: worse\r\n\
        - **Recent changes**: [what changed recently]\r\n\r\n\
        ## Timeline\r\n- 2026-11-22 15:00:00Z: a\r\n\r\n## Root Cause\r\nx\r\n\r\n\
        ## Resolution\r\ndone\r\n";
    assert_eq!(record.text(), expected);
}

#[test]
fn a_record_cut_off_in_a_fence_takes_a_note_all_the_same() {
    let cut = include_str!("../../../fixtures/records/cut-off.md");
    let record = after(
        cut,
        &[note("15:10:00", "a"), prose(SectionName::Resolution, "b")],
    );
    assert_eq!(record.timeline().last().unwrap().text, "a");
    assert_eq!(record.prose(SectionName::Resolution), Some("b"));
    let end = cut.split_once("## Root Cause").unwrap().1;
    assert!(
        record
            .text()
            .contains(&format!("{end}\n```\n\n## Resolution\nb\n"))
    );
}

#[test]
fn neighbours_give_the_form() {
    let odd = include_str!("../../../fixtures/records/odd.md");
    let before = Record::parse(odd);
    let record = after(odd, &[note("14:07:00", "a | b")]);
    assert!(
        record
            .text()
            .contains("| 2026-11-22 14:07:00Z | a \\| b |\r\n")
    );
    assert_eq!(record.timeline().len(), before.timeline().len() + 1);
    let field = Change::Field {
        field: Field::Branch,
        value: "hotfix/x".into(),
    };
    let record = after(odd, &[field]);
    assert!(record.text().contains("\r\n* **Branch:** hotfix/x\r\n"));
}

#[test]
fn an_empty_text_takes_any_change() {
    for start in ["", "\u{feff}", "\n", "# t", "x"] {
        let record = after(
            start,
            &[
                note("15:00:00", "a"),
                milestone(Milestone::Resolved, "16:00:00"),
            ],
        );
        assert_eq!(record.timeline().len(), 2, "{start:?}");
        assert!(record.text().starts_with(start));
    }
}

#[test]
fn a_note_in_a_table_of_one_column_is_read_back() {
    for text in [
        "## Timeline\n\n| Event |\n|---|\n| seen |\n",
        "Timeline\r-\r-|\r-|\nt",
    ] {
        let note = Change::Note {
            at: at("15:00:00"),
            text: "a | b".into(),
        };
        let record = after(text, &[note]);
        let last = record.timeline().last().map(|e| (e.at, e.text.as_str()));
        assert_eq!(
            last,
            Some((Some(at("15:00:00")), "a | b")),
            "{}",
            record.text()
        );
    }
}

#[test]
fn a_line_more_does_not_take_the_next_heading_into_it() {
    let note = |text: &str| Change::Note {
        at: at("15:00:00"),
        text: text.into(),
    };
    let action = |text: &str| Change::Action { text: text.into() };
    for (title, change) in [("Timeline", note("b")), ("Action Items", action("b"))] {
        let text = format!("## {title}\n- #\nNext\n----\n");
        let record = after(&text, &[change]);
        assert_eq!(record.sections().len(), 2, "{}", record.text());
        assert!(
            record.text().ends_with("b\n\nNext\n----\n"),
            "{}",
            record.text()
        );
    }
}

#[test]
fn a_line_of_a_vertical_tab_is_not_a_blank_one() {
    for text in [
        "## Timeline\n\u{b}\r\n--\r==\n*-",
        "## Timeline\n\u{b}\n--\n==\n",
    ] {
        let before = Record::parse(text);
        let note = Change::Note {
            at: at("15:00:00"),
            text: "seen".into(),
        };
        let record = after(text, &[note]);
        assert_eq!(record.title(), before.title(), "{}", record.text());
        assert_eq!(
            record.sections().len(),
            before.sections().len(),
            "{}",
            record.text()
        );
    }
}

#[test]
fn a_note_stands_behind_code_that_is_not_closed() {
    for end in [
        "",
        "\n~~~",
        "\n~~~  \n",
        "\n~~~~\n\n",
        "\n~~",
        "\n~~~\t\n",
        "\n~~~\u{c}",
        "\n    ~~~\n",
    ] {
        let note = Change::Note {
            at: at("15:00:00"),
            text: "seen".into(),
        };
        let record = after(&format!("~~~\ncode{end}"), &[note]);
        assert_eq!(record.timeline().len(), 1, "{}", record.text());
    }
}

#[test]
fn what_comes_for_a_hint_does_not_take_the_next_words_into_it() {
    let note = Change::Note {
        at: at("15:00:00"),
        text: "seen".into(),
    };
    let record = after("## Timeline\n[what happened]\nby hand\n", &[note]);
    assert!(
        record.text().ends_with("seen\n\nby hand\n"),
        "{}",
        record.text()
    );
    let action = Change::Action { text: "a".into() };
    let record = after("## Action Items\n- [ ] [measure]\n- [ ] b\n", &[action]);
    assert!(
        record.text().ends_with("- [ ] a\n- [ ] b\n"),
        "{}",
        record.text()
    );
}
