//! Levels by deed, setting and landing; one finding for each thing that does not hold.

use super::*;

const RECORD: &str = "# Postmortem: Users can't login

**Date**: 2026-11-22
**Duration**: 2026-11-22 14:05:31Z - ongoing
**Severity**: P0
**Impact**: nobody can log in
**Status**: Detected

## Checklist

Before deploying hotfix:

- [x] Root cause identified
- [x] Fix tested locally
- [x] Fix tested in staging (if time permits)
- [x] Rollback plan ready
- [x] Monitoring in place

## Timeline
- 2026-11-22 14:05:31Z: Incident detected
";

const GOOD: &[u8] = b"fix: [HOTFIX] accept old tokens\n";
const IDS: [&str; 2] = [
    "1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e",
    "9f8e7d6c5b9f8e7d6c5b9f8e7d6c5b9f8e7d6c5b",
];

fn commit(at: usize, message: &'static [u8]) -> FixCommit<'static> {
    FixCommit {
        id: IDS[at],
        message,
        merge: false,
    }
}

fn landing(text: &str) -> Vec<Finding> {
    let record = Record::parse(text);
    findings(
        Some(&record),
        &[],
        Deed::Land,
        GateMode::Block,
        LandingMode::Merge,
        &Format::default(),
    )
}

fn only(found: &[Finding]) -> (&'static str, &str, &str) {
    assert_eq!(found.len(), 1, "{found:?}");
    let remedy = found[0].remedy.as_deref().unwrap_or_default();
    (found[0].id, &found[0].message, remedy)
}

fn of_commits(commits: &[FixCommit<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    of_messages(commits, Level::Block, &Format::default(), &mut found);
    found
}

#[test]
fn the_weights_of_the_table() {
    use Deed::*;
    use LandingMode::*;
    let weights = |deed, gate, landing| {
        Weights::of(deed, gate, landing).map(|weights| (weights.record, weights.message))
    };
    let block = Some((Level::Block, Level::Block));
    let shared = Some((Level::Warn, Level::Block));
    let warn = Some((Level::Warn, Level::Warn));
    for (deed, landing, expected) in [
        (PushBranch, Merge, block),
        (PushBranch, PullRequest, shared),
        (Publish, Merge, shared),
        (Publish, PullRequest, shared),
        (Land, Merge, block),
        (Land, PullRequest, block),
    ] {
        assert_eq!(
            weights(deed, GateMode::Block, landing),
            expected,
            "{deed:?} {landing:?}"
        );
        assert_eq!(weights(deed, GateMode::Warn, landing), warn);
        assert_eq!(weights(deed, GateMode::Off, landing), None);
    }
}

#[test]
fn a_wrong_message_names_its_commit() {
    let found = of_commits(&[commit(0, b"quick fix\n"), commit(1, GOOD)]);
    let (id, message, remedy) = only(&found);
    assert_eq!(id, "gate-message");
    assert_eq!(
        message,
        "1a2b3c4 quick fix: expected fix: [HOTFIX] quick fix"
    );
    assert!(remedy.starts_with("git rebase -i 1a2b3c4^"), "{remedy}");
    assert_eq!(found[0].commit.as_deref(), Some(IDS[0]));
    let found = of_commits(&[commit(0, GOOD), commit(1, b"quick fix\n")]);
    assert_eq!(only(&found).2, "git commit --amend");
}

#[test]
fn commits_git_made_are_judged_as_what_they_are() {
    let merge = FixCommit {
        merge: true,
        ..commit(0, b"Merge branch 'main' into hotfix/a\n")
    };
    assert_eq!(of_commits(&[merge]), []);
    assert_eq!(
        of_commits(&[FixCommit {
            merge: false,
            ..merge
        }])
        .len(),
        1
    );
    let folded = of_commits(&[commit(0, GOOD), commit(1, b"fixup! fix: [HOTFIX] x\n")]);
    let (_, message, remedy) = only(&folded);
    assert!(message.contains("not folded in yet"), "{message}");
    assert_eq!(remedy, "git rebase -i --autosquash 1a2b3c4^");
}

#[test]
fn no_record_is_a_finding() {
    let of = |deed| {
        findings(
            None,
            &[],
            deed,
            GateMode::Block,
            LandingMode::Merge,
            &Format::default(),
        )
    };
    assert_eq!(only(&of(Deed::Land)).0, "gate-record");
    assert_eq!(of(Deed::Land)[0].level, Level::Block);
    assert_eq!(of(Deed::Publish)[0].level, Level::Warn);
    assert_eq!(
        findings(
            None,
            &[],
            Deed::Land,
            GateMode::Off,
            LandingMode::Merge,
            &Format::default()
        ),
        []
    );
}

fn item(label: &str, state: ItemState, optional: bool, evidence: Option<&str>) -> Item {
    Item {
        label: label.to_owned(),
        text: label.to_owned(),
        state,
        optional,
        evidence: evidence.map(str::to_owned),
        line: 7,
        mark: 0..3,
        span: 0..3,
    }
}

fn of_items(items: &[Item]) -> Vec<Finding> {
    let mut found = Vec::new();
    of_checklist(items, Level::Block, &mut found);
    found
}

#[test]
fn each_open_item_is_a_finding_with_its_word() {
    let labels = [
        "Root cause identified",
        "Fix tested locally",
        "Fix tested in staging",
        "Rollback plan ready",
        "Monitoring in place",
        "Fix in",
    ];
    let items = labels.map(|label| item(label, ItemState::Open, label.contains("staging"), None));
    let found = of_items(&items);
    let remedies: Vec<_> = found.iter().filter_map(|f| f.remedy.as_deref()).collect();
    assert_eq!(
        remedies,
        [
            "git hotfix cause \"…\"",
            "git hotfix check locally",
            "git hotfix check rollback",
            "git hotfix check monitoring",
            "git hotfix check 6",
            "git hotfix check staging --skip --reason \"…\"",
        ]
    );
    assert!(
        found
            .iter()
            .all(|f| f.id == "gate-checklist" && f.line == Some(7))
    );
    assert_eq!(found[2].message, "[ ] Rollback plan ready");
}

#[test]
fn an_item_is_closed_by_a_tick_or_a_reason() {
    let reason = Some("no time (Ada, 2026-11-22 14:31:00Z)");
    assert_eq!(
        of_items(&[item("Staging", ItemState::Done, false, None)]),
        []
    );
    assert_eq!(
        of_items(&[item("Staging", ItemState::Skipped, true, reason)]),
        []
    );
    assert_eq!(
        of_items(&[item("Staging", ItemState::Skipped, true, None)]).len(),
        1
    );
    assert_eq!(
        of_items(&[item("Staging", ItemState::Skipped, false, reason)]).len(),
        1
    );
    assert_eq!(
        of_items(&[item("Staging", ItemState::Open, true, None)]).len(),
        1
    );
    assert_eq!(only(&of_items(&[])).0, "gate-checklist");
}

// From here on the record's own reading is needed.

#[test]
fn a_ready_record_passes() {
    assert_eq!(landing(RECORD), []);
}

#[test]
fn an_unready_record_says_what_is_missing() {
    let open = RECORD.replace("[x] Rollback", "[ ] Rollback");
    let found = landing(&open);
    assert_eq!(
        only(&found),
        (
            "gate-checklist",
            "[ ] Rollback plan ready",
            "git hotfix check rollback"
        )
    );
    assert_eq!(found[0].line, Some(16));
    let impact = RECORD.replace("nobody can log in", "[description]");
    let found = landing(&impact);
    assert_eq!(
        only(&found),
        (
            "gate-impact",
            "Impact is not described",
            "git hotfix impact \"…\""
        )
    );
    assert_eq!(found[0].line, Some(6));
    let severity = RECORD.replace("**Severity**: P0\n", "");
    assert_eq!(only(&landing(&severity)).0, "gate-severity");
    let start = RECORD.find("## Checklist").unwrap();
    let end = RECORD.find("## Timeline").unwrap();
    let bare = format!("{}{}", &RECORD[..start], &RECORD[end..]);
    assert_eq!(only(&landing(&bare)).0, "gate-checklist");
}

#[test]
fn a_conflict_in_the_record_is_a_finding() {
    let text = format!("{RECORD}\n## Root Cause\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n");
    let found = landing(&text);
    assert_eq!(
        only(&found),
        (
            "record-conflict",
            "A merge left a conflict in the record",
            "git hotfix edit"
        )
    );
    let line = text
        .lines()
        .position(|line| line.starts_with("<<<"))
        .unwrap()
        + 1;
    assert_eq!(found[0].line, Some(line));
}

#[test]
fn a_rebase_keeps_the_merges_of_the_branch() {
    let commit = |id: &'static str, message: &'static [u8], merge| FixCommit { id, message, merge };
    let commits = [
        commit("1a2b3c4d", b"wip", false),
        commit("2a2b3c4d", b"Merge branch 'main' into hotfix/a", true),
    ];
    let (gate, landing) = (GateMode::Block, LandingMode::Merge);
    let found = findings(
        None,
        &commits,
        Deed::Land,
        gate,
        landing,
        &Format::default(),
    );
    let remedy = found.last().unwrap().remedy.clone().unwrap();
    assert!(
        remedy.starts_with("git rebase -i --rebase-merges 1a2b3c4^"),
        "{remedy}"
    );
}
