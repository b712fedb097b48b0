//! What holds for every record, whatever people wrote into it.

use super::when::stamp;
use super::{
    Change, Field, ItemState, Milestone, Record, SectionName, Template, apply, lint, merge,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use std::collections::HashSet;

/// Pieces that mean something to Markdown or to a record.
const FRAGMENTS: [&str; 52] = [
    "# ",
    "## ",
    "### ",
    "Timeline",
    "Root Cause",
    "Checklist",
    "Action Items",
    "Investigation",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    "    ",
    " ",
    "- ",
    "* ",
    "1. ",
    "> ",
    "- [ ] ",
    "- [x] ",
    "[X]",
    "[ ]",
    "[none]",
    "```",
    "~~~\n",
    "`",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    "---\n",
    "===\n",
    "+++\n",
    "**Severity**",
    "**Status**: ",
    ": ",
    "P0",
    "2026-11-22 14:05:31Z",
    "Incident detected",
    "Incident resolved",
    " - ",
    "skipped: ",
    "(Ada, 2026-11-22 14:31:00Z)",
    "<<<<<<< a\n",
    "=======\n",
    ">>>>>>> b\n",
    "| a | b |\n",
    "|---|---|\n",
    "é漢\u{301}🔥",
    "\u{feff}",
    "\u{1b}[31m",
];

fn markdownish() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        8 => proptest::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(fragment, 0..40).prop_map(|all| all.concat())
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (1_795_300_000i64..1_795_400_000).prop_map(|at| DateTime::from_timestamp(at, 0).unwrap())
}

/// What stands between the parts of a record and must survive every edit and count for nothing.
const DECOYS: [&str; 9] = [
    "",
    "```\n- [ ] fake\n## Timeline\n- 2026-11-22 14:05:31Z: Incident resolved\n**Status**: Fake\n```\n",
    "<!--\n## Root Cause\n- [x] fake\n-->\n",
    "<div>\n## Checklist\n- [x] fake\n</div>\n",
    "> ## Timeline\n> - 2026-11-22 14:05:31Z: quoted\n> - [x] fake\n",
    "Ünïcödé 漢字 🔥 \t trailing  \n",
    "~~~~md\n~~~\n- [ ] fake\n~~~~\n",
    "* nested\n\t* list\n\t\t* deep\n",
    "    - [ ] indented code\n",
];

#[derive(Debug, Clone)]
struct Shape {
    front: bool,
    crlf: bool,
    open_end: bool,
    decoys: Vec<usize>,
    entries: Vec<DateTime<Utc>>,
    nested: bool,
    tab: bool,
    ticked: Vec<bool>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let flags = proptest::array::uniform5(any::<bool>());
    let decoys = proptest::collection::vec(0..DECOYS.len(), 5);
    let entries = proptest::collection::vec(time(), 0..6);
    let ticked = proptest::collection::vec(any::<bool>(), 1..5);
    (flags, decoys, entries, ticked).prop_map(|(flags, decoys, entries, ticked)| {
        let [front, crlf, open_end, nested, tab] = flags;
        Shape {
            front,
            crlf,
            open_end,
            decoys,
            entries,
            nested,
            tab,
            ticked,
        }
    })
}

fn written(shape: &Shape) -> String {
    let decoy = |at: usize| DECOYS[shape.decoys[at]];
    let bullet = if shape.tab { "*\t" } else { "- " };
    let detail = match (shape.nested, shape.tab) {
        (false, _) => "",
        (true, false) => {
            "  - a detail
    more
"
        }
        (true, true) => {
            "	- a detail
	  more
"
        }
    };
    let mut out = String::new();
    if shape.front {
        out.push_str("---\nowner: Zoë\n- [ ] fake\n---\n");
    }
    out.push_str("# Postmortem: Café `x` #\n\n**Date**: 2026-11-22\n* **Severity:** P1\n\n");
    out.push_str(decoy(0));
    out.push_str("\n## Checklist\n\n");
    out.push_str(decoy(1));
    out.push_str("\nBefore deploying hotfix:\n\n");
    for (at, done) in shape.ticked.iter().enumerate() {
        let mark = if *done { 'x' } else { ' ' };
        out.push_str(&format!("{bullet}[{mark}] Step {at} - part (optional)\n"));
    }
    out.push_str(&format!("\n## Timeline\n\n{}\n", decoy(2)));
    if matches!(shape.decoys[2], 7) {
        // The decoy list is the timeline's own: its first item is an entry without a time.
        out.push_str("And then:\n\n");
    }
    for (at, time) in shape.entries.iter().enumerate() {
        out.push_str(&format!("{bullet}{}: entry {at}\n{detail}", stamp(*time)));
    }
    out.push_str(&format!(
        "\n## Root Cause\n\n{}\nA typo.\n\n## Unknown\n{}\n",
        decoy(3),
        decoy(4)
    ));
    out.push_str("## Action Items\n- [ ] one\n- two");
    if !shape.open_end {
        out.push('\n');
    }
    if shape.crlf {
        out.replace('\n', "\r\n")
    } else {
        out
    }
}

fn section() -> impl Strategy<Value = SectionName> {
    proptest::sample::select(&SectionName::ALL[..])
}

fn any_change() -> impl Strategy<Value = Change> {
    let text = || markdownish();
    let fields = proptest::sample::select(vec![
        Field::Date,
        Field::Severity,
        Field::Impact,
        Field::Task,
        Field::Trend,
    ]);
    prop_oneof![
        (fields, text()).prop_map(|(field, value)| Change::Field { field, value }),
        (time(), text()).prop_map(|(at, text)| Change::Note {
            at,
            text: format!("x {text}")
        }),
        (time(), text()).prop_map(|(at, detail)| Change::Milestone {
            milestone: Milestone::Mitigated,
            at,
            detail: Some(detail),
        }),
        (section(), text()).prop_map(|(section, text)| Change::Prose { section, text }),
        (0usize..4, text(), text(), time()).prop_map(|(item, evidence, by, at)| Change::Tick {
            item,
            evidence: Some(evidence),
            by,
            at,
        }),
        (0usize..4, text(), text(), time()).prop_map(|(item, reason, by, at)| Change::Skip {
            item,
            reason,
            by,
            at
        }),
        (0usize..4).prop_map(|item| Change::Untick { item }),
        text().prop_map(|text| Change::Action { text }),
        (text(), text(), time()).prop_map(|(text, by, at)| Change::ActionDone { text, by, at }),
    ]
}

/// What a record says, without places.
#[derive(Debug, PartialEq)]
struct Said {
    title: Option<String>,
    fields: Vec<Option<String>>,
    sections: Vec<String>,
    bodies: Vec<String>,
    entries: Vec<String>,
    checklist: Vec<(String, ItemState)>,
    actions: Vec<String>,
    conflicts: usize,
}

/// Fields that no change sets by itself.
const STEADY: [Field; 4] = [Field::Branch, Field::Base, Field::Affected, Field::Started];

fn said(record: &Record) -> Said {
    let body = |name| {
        record
            .section(name)
            .map(|s| record.text()[s.body.clone()].trim().to_owned())
    };
    Said {
        title: record.title().map(str::to_owned),
        fields: STEADY
            .iter()
            .map(|f| record.field(*f).map(str::to_owned))
            .collect(),
        sections: record.sections().iter().map(|s| s.title.clone()).collect(),
        bodies: SectionName::ALL
            .into_iter()
            .map(|name| body(name).unwrap_or_default())
            .collect(),
        entries: record
            .timeline()
            .iter()
            .map(|e| format!("{:?} {}", e.at, e.text))
            .collect(),
        checklist: record
            .checklist()
            .iter()
            .map(|i| (i.label.clone(), i.state))
            .collect(),
        actions: record.actions().iter().map(|i| i.text.clone()).collect(),
        conflicts: record.conflict_lines().len(),
    }
}

/// The section a change writes into.
fn target(change: &Change) -> Option<SectionName> {
    match change {
        Change::Field { field, .. } => field
            .is_investigation()
            .then_some(SectionName::Investigation),
        Change::Note { .. } | Change::Milestone { .. } => Some(SectionName::Timeline),
        Change::Prose { section, .. } => Some(*section),
        Change::Tick { .. } | Change::Skip { .. } | Change::Untick { .. } => {
            Some(SectionName::Checklist)
        }
        Change::Action { .. } | Change::ActionDone { .. } => Some(SectionName::Actions),
    }
}

/// The number of bytes equal at the beginning and at the end of two texts.
fn around(one: &str, other: &str) -> (usize, usize) {
    let head = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let most = one.len().min(other.len()) - head;
    let tail = one
        .bytes()
        .rev()
        .zip(other.bytes().rev())
        .take(most)
        .take_while(|(a, b)| a == b);
    (head, tail.count())
}

fn check_change(record: &Record, change: &Change) -> Result<(), TestCaseError> {
    let next = apply(record, change);
    let (before, after) = (said(record), said(&next));
    let text = next.text();
    prop_assert_eq!(&before.title, &after.title);
    prop_assert_eq!(&before.fields, &after.fields);
    prop_assert_eq!(before.conflicts, after.conflicts, "{}", text);
    let added = after.sections.len() - before.sections.len();
    prop_assert!(added <= 1, "{text}");
    prop_assert!(
        before
            .sections
            .iter()
            .all(|title| after.sections.contains(title)),
        "{text}"
    );
    for (at, name) in SectionName::ALL.into_iter().enumerate() {
        if target(change) != Some(name) {
            prop_assert_eq!(
                &before.bodies[at],
                &after.bodies[at],
                "{:?} in {}",
                name,
                text
            );
        }
    }
    let is = |name| target(change) == Some(name) && !matches!(change, Change::Prose { .. });
    let more = usize::from(is(SectionName::Timeline));
    prop_assert_eq!(before.entries.len() + more, after.entries.len(), "{}", text);
    let kept: HashSet<_> = after.entries.iter().collect();
    prop_assert!(
        before.entries.iter().all(|entry| kept.contains(entry)),
        "{text}"
    );
    let labels = |said: &Said| {
        said.checklist
            .iter()
            .map(|(l, _)| l.clone())
            .collect::<Vec<_>>()
    };
    if record.section(SectionName::Checklist).is_some() {
        prop_assert_eq!(labels(&before), labels(&after), "{}", text);
        if !is(SectionName::Checklist) {
            prop_assert_eq!(&before.checklist, &after.checklist);
        }
    }
    if record.section(SectionName::Actions).is_some() {
        let more = after.actions.len() - before.actions.len();
        prop_assert!(more <= usize::from(is(SectionName::Actions)), "{text}");
        prop_assert_eq!(&before.actions[..], &after.actions[..before.actions.len()]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_text_is_read(text in any::<String>(), marked in markdownish()) {
        for text in [text, marked] {
            let record = Record::parse(text.as_str());
            prop_assert_eq!(record.text(), &text);
            for section in record.sections() {
                prop_assert!(text.get(section.body.clone()).is_some());
            }
            for item in record.checklist() {
                let mark = &text[item.mark.clone()];
                prop_assert!(matches!(mark, "[ ]" | "[x]" | "[X]"));
            }
            for name in SectionName::ALL {
                let _ = record.prose(name);
            }
            let _ = (lint::lint(&record), record.status(), record.base_id());
        }
    }

    #[test]
    fn any_text_can_be_changed_and_merged(
        texts in proptest::array::uniform3(markdownish()),
        change in any_change(),
    ) {
        let [base, ours, theirs] = &texts;
        let record = Record::parse(base.as_str());
        let title = record.title().map(str::to_owned);
        let next = apply(&record, &change);
        if let Change::Note { .. } = change {
            prop_assert!(next.timeline().len() > record.timeline().len(), "{}", next.text());
        }
        prop_assert!(title.is_none() || next.title().is_some());
        prop_assert_eq!(merge(base, ours, theirs), merge(base, theirs, ours));
    }

    #[test]
    fn what_is_rendered_is_read(
        description in any::<String>(),
        words in proptest::collection::vec("[^\\[\\]]{1,30}", 4),
        items in proptest::collection::vec("[a-zA-Z0-9é:. -]{1,20}", 0..5),
        detected in time(),
    ) {
        let title = super::template::title(&description);
        prop_assume!(!super::text::is_placeholder(&title) && !title.is_empty());
        prop_assume!(!title.to_lowercase().starts_with("post"));
        let text = Template {
            description: &description,
            detected,
            severity: &words[0],
            branch: &words[1],
            base: &words[2],
            task: Some(&words[3]),
            checklist: &items,
            sections: &[],
        }
        .render();
        let record = Record::parse(text);
        prop_assert_eq!(record.title(), Some(title.as_str()));
        let fields = [Field::Severity, Field::Branch, Field::Base, Field::Task];
        for (field, word) in fields.into_iter().zip(&words) {
            let word = super::one_line(word);
            prop_assert_eq!(record.field(field).unwrap_or_default(), word);
        }
        let labels: Vec<_> = record.checklist().iter().map(|item| item.text.clone()).collect();
        let given: Vec<_> = items.iter().map(|i| super::one_line(i)).filter(|i| !i.is_empty()).collect();
        prop_assert_eq!(labels, given);
        prop_assert_eq!(record.timeline().len(), 1);
        prop_assert_eq!(record.reached(Milestone::Detected), Some(detected));
        prop_assert_eq!(record.sections().len(), SectionName::ALL.len());
    }

    #[test]
    fn decoys_count_for_nothing(shape in shape()) {
        let record = Record::parse(written(&shape));
        prop_assert_eq!(record.sections().len(), 5, "{}", record.text());
        prop_assert_eq!(record.checklist().len(), shape.ticked.len());
        let extra = usize::from(shape.decoys[2] == 7);
        prop_assert_eq!(record.timeline().len(), shape.entries.len() + extra);
        prop_assert_eq!(record.title(), Some("Café `x` #"));
        prop_assert_eq!(record.field(Field::Status), None);
        prop_assert_eq!(record.actions().len(), 2);
    }

    #[test]
    fn a_change_alters_only_what_it_means(shape in shape(), change in any_change()) {
        check_change(&Record::parse(written(&shape)), &change)?;
    }

    #[test]
    fn a_change_to_a_fresh_record_alters_only_what_it_means(changes in proptest::collection::vec(any_change(), 1..4)) {
        let mut record = Record::parse(include_str!("../../fixtures/records/fresh.md"));
        for change in &changes {
            check_change(&record, change)?;
            record = apply(&record, change);
        }
    }

    #[test]
    fn a_note_is_one_line_more(shape in shape(), at in time(), text in markdownish()) {
        let text = format!("x {text}");
        let record = Record::parse(written(&shape));
        let next = apply(&record, &Change::Note { at, text: text.clone() });
        let (head, tail) = around(record.text(), next.text());
        prop_assert_eq!(head + tail, record.text().len(), "{}", next.text());
        let entry = next.timeline().iter().find(|e| e.text == super::one_line(&text));
        prop_assert_eq!(entry.and_then(|e| e.at), Some(at));
        let eol = next.text().matches("\r\n").count();
        prop_assert!(!shape.crlf || eol == next.text().matches('\n').count());
    }

    #[test]
    fn an_item_comes_back_as_it_was(shape in shape(), item in 0usize..4, words in markdownish(), at in time()) {
        let record = Record::parse(written(&shape));
        let open = apply(&record, &Change::Untick { item });
        let by = words.clone();
        let ticked = apply(&open, &Change::Tick { item, evidence: Some(words.clone()), by: by.clone(), at });
        let skipped = apply(&ticked, &Change::Skip { item, reason: format!("y{words}"), by, at });
        if let (Some(done), Some(left)) = (ticked.checklist().get(item), skipped.checklist().get(item)) {
            prop_assert_eq!(done.state, ItemState::Done);
            prop_assert_eq!(left.state, ItemState::Skipped, "{}", skipped.text());
            prop_assert_eq!(&done.label, &open.checklist()[item].label);
            let reason = super::one_line(&format!("y{words}"));
            let evidence = left.evidence.clone().unwrap_or_default();
            prop_assert!(evidence.starts_with(&format!("skipped: {reason}")), "{}", evidence);
        }
        let plain = apply(&skipped, &Change::Untick { item });
        prop_assert_eq!(plain.text(), open.text());
    }

    #[test]
    fn prose_twice_is_prose_once(shape in shape(), section in section(), text in markdownish()) {
        let change = Change::Prose { section, text };
        let once = apply(&Record::parse(written(&shape)), &change);
        let twice = apply(&once, &change);
        prop_assert_eq!(twice.text(), once.text());
    }
}

/// One side's edits for a merge, by line: what to delete, and what to add where.
#[derive(Debug, Clone)]
struct Edits {
    changes: Vec<Change>,
    delete: Vec<prop::sample::Index>,
}

fn edits(side: &'static str) -> impl Strategy<Value = Edits> {
    let note = (time(), 0..9u8).prop_map(move |(at, n)| Change::Note {
        at,
        text: format!("note{side}{n}"),
    });
    let both = time().prop_map(|at| Change::Note {
        at,
        text: "bothsides".into(),
    });
    let tick = (0usize..4, time()).prop_map(move |(item, at)| Change::Tick {
        item,
        evidence: Some(format!("evidence{side}")),
        by: side.into(),
        at,
    });
    let skip = (0usize..4, time()).prop_map(move |(item, at)| Change::Skip {
        item,
        reason: format!("reason{side}"),
        by: side.into(),
        at,
    });
    let sections = proptest::sample::select(vec![
        SectionName::RootCause,
        SectionName::Resolution,
        SectionName::Lessons,
        SectionName::Mitigation,
    ]);
    let prose = (sections, 0..9u8).prop_map(move |(section, n)| Change::Prose {
        section,
        text: format!("prose{side}{n} one{side}{n}\n\nprose{side}{n}x two{side}{n}"),
    });
    let action = (0..9u8).prop_map(move |n| Change::Action {
        text: format!("action{side}{n}"),
    });
    let change = prop_oneof![note, both, tick, skip, prose, action];
    (
        proptest::collection::vec(change, 1..6),
        proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
    )
        .prop_map(|(changes, delete)| Edits { changes, delete })
}

/// A version of a record: changed, then with some lines of timeline and prose deleted.
fn version(base: &str, edits: &Edits) -> String {
    let record = Record::parse(base);
    let record = edits
        .changes
        .iter()
        .fold(record, |record, change| apply(&record, change));
    let mut text = record.text().to_owned();
    for index in &edits.delete {
        let record = Record::parse(text.as_str());
        let entries = record.timeline().iter().map(|entry| entry.span.clone());
        let lines = super::text::lines(&text);
        let prose = lines
            .into_iter()
            .filter(|l| text[l.clone()].starts_with("prose"));
        let all: Vec<_> = entries.chain(prose).collect();
        if !all.is_empty() {
            text.replace_range(index.get(&all).clone(), "");
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_merge_drops_nothing(
        shape in prop_oneof![shape().prop_map(Some), Just(None)],
        first in edits("base"),
        ours in edits("ours"),
        theirs in edits("theirs"),
    ) {
        let start = shape.map_or(include_str!("../../fixtures/records/fresh.md").to_owned(), |s| written(&s));
        let base = version(&start, &Edits { delete: Vec::new(), ..first });
        let sides = [version(&base, &ours), version(&base, &theirs)];
        // What only one side changed, deletions included, is taken as it is.
        prop_assume!(!sides.contains(&base));
        let merged = merge(&base, &sides[0], &sides[1]);
        prop_assert_eq!(&merged, &merge(&base, &sides[1], &sides[0]));
        let after = Record::parse(merged.text.as_str());
        let entries: Vec<_> = after.timeline().iter().map(|e| (e.at, e.text.as_str())).collect();
        for side in &sides {
            let before = Record::parse(side.as_str());
            for entry in before.timeline() {
                let here = |list: &[(Option<DateTime<Utc>>, &str)]| {
                    list.iter().filter(|e| **e == (entry.at, entry.text.as_str())).count()
                };
                let own: Vec<_> = before.timeline().iter().map(|e| (e.at, e.text.as_str())).collect();
                prop_assert!(here(&own) <= here(&entries), "{:?} in {}", entry, merged.text);
            }
            for item in before.checklist() {
                let now = after.checklist().iter().find(|i| i.label == item.label).unwrap();
                prop_assert!(item.state != ItemState::Done || now.state == ItemState::Done);
                prop_assert!(item.state == ItemState::Open || now.state != ItemState::Open);
                let (own, all) = (item.evidence.clone(), now.evidence.clone());
                let (own, all) = (own.unwrap_or_default(), all.unwrap_or_default());
                prop_assert!(all.contains(&own), "{own} in {all}");
            }
            for line in side.lines().filter(|line| !line.trim().is_empty()) {
                let is_prose = ["prose", "action", "A typo", "Ünï"].iter().any(|w| line.contains(w));
                prop_assert!(!is_prose || merged.text.contains(line), "{} in {}", line, merged.text);
            }
        }
        let times: Vec<_> = after.timeline().iter().filter_map(|e| e.at).collect();
        prop_assert!(times.is_sorted(), "{}", merged.text);
        if merged.conflicts == 0 {
            prop_assert!(after.sections().len() >= Record::parse(base.as_str()).sections().len());
        }
    }
}
