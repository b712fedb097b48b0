//! The table of commit-msg, row by row; the files are in `fixtures/messages`.

use super::*;
use proptest::prelude::*;

const COMMITTED: Situation = Situation {
    merging: false,
    local: false,
};
const LOCAL: Situation = Situation {
    merging: false,
    local: true,
};
const MERGING: Situation = Situation {
    merging: true,
    local: true,
};

fn judged(message: &str, situation: Situation) -> Option<Fault> {
    fault(message.as_bytes(), situation, &Format::default())
}

/// As the hook does it: cleaned with git's defaults first.
fn hooked(message: &[u8], edited: bool) -> Option<Fault> {
    let how = Cleaning {
        mode: Cleanup::Strip,
        comment: "#".to_owned(),
        edited,
    };
    fault(&clean(message, &how), LOCAL, &Format::default())
}

#[test]
fn accepted() {
    for message in [
        "fix: [HOTFIX] x",
        "fix(auth): [HOTFIX] x",
        "fix(auth)!: [HOTFIX] x",
        "fix!: [HOTFIX] x",
        "fix(面试评价): [HOTFIX] 测试",
        "fix(a b): [HOTFIX] x\n\nbody\nmore\n",
        "fix: [HOTFIX] x\r\n\r\nbody\r\n",
        "fix: [HOTFIX] x\n",
    ] {
        for situation in [COMMITTED, LOCAL, MERGING] {
            assert_eq!(judged(message, situation), None, "{message:?}");
        }
    }
}

#[test]
fn rejected() {
    for message in [
        "foo: [HOTFIX] x",
        "FIX: [HOTFIX] x",
        ": x",
        "fix:",
        "fix: [HOTFIX]",
        "fix: [HOTFIX]   ",
        "[HOTFIX] x",
        "fix: x",
        "fix : [HOTFIX] x",
        "fix (a): [HOTFIX] x",
        "fix(): [HOTFIX] x",
        "fix(a) : [HOTFIX] x",
        "fix:  [HOTFIX] x",
        "fix: [HOTFIX]\t\tx",
        "1.2.3",
        "bad subject\n\nMerge branch x",
        "merge branch x",
        "Merged branch x",
        "fixup!fix: [HOTFIX] x",
    ] {
        for situation in [COMMITTED, LOCAL, MERGING] {
            let fault = judged(message, situation).unwrap_or_else(|| panic!("{message:?}"));
            assert_eq!(fault.line, 1);
            assert!(fault.expected.is_some(), "{message:?}");
        }
    }
}

#[test]
fn a_hint_is_the_corrected_line() {
    let hint = |message| judged(message, COMMITTED).and_then(|fault| fault.expected);
    let right = Some("fix: [HOTFIX] x".to_owned());
    for message in ["fix : [HOTFIX] x", "fix(): [HOTFIX] x", "fix:  [HOTFIX] x"] {
        assert_eq!(hint(message), right, "{message}");
    }
    let scoped = Some("fix(a): [HOTFIX] x".to_owned());
    for message in ["fix (a): [HOTFIX] x", "fix(a) : [HOTFIX] x"] {
        assert_eq!(hint(message), scoped, "{message}");
    }
}

#[test]
fn a_fault_says_where_and_why() {
    let fault = judged("fix: \u{1b}[31mx", COMMITTED).unwrap();
    assert_eq!((fault.text.as_str(), fault.column), ("fix: [31mx", 5));
    assert_eq!(fault.reason, "[HOTFIX] comes after the type and ': '");
    let wide = judged("fix(面试) [HOTFIX] x", COMMITTED).unwrap();
    assert_eq!(wide.column, 7);
    let marked = judged("\u{feff}fix: [HOTFIX] x", COMMITTED).unwrap();
    assert_eq!(
        (marked.column, marked.reason.contains("byte order mark")),
        (0, true)
    );
    assert_eq!(marked.expected.as_deref(), Some("fix: [HOTFIX] x"));
}

#[test]
fn a_body_needs_a_blank_line() {
    let fault = judged("fix: [HOTFIX] x\nbody", COMMITTED).unwrap();
    assert_eq!((fault.line, fault.text.as_str()), (2, "body"));
    assert_eq!(fault.expected, None);
    assert_eq!(judged("fix: [HOTFIX] x\n \t\nbody", COMMITTED), None);
}

#[test]
fn an_empty_message_is_rejected() {
    for message in ["", "\n", " \r\n\t\n"] {
        let fault = judged(message, MERGING).unwrap();
        assert_eq!(fault.reason, "empty message");
    }
    assert!(hooked(b"# only\n# comments\n", true).is_some());
    let late = judged("\n\nquick", COMMITTED).unwrap();
    assert_eq!(late.reason, "the first line is blank");
    assert_eq!(late.expected.as_deref(), Some("fix: [HOTFIX] quick"));
}

#[test]
fn commits_to_fold_in_are_let_go_while_local() {
    for message in [
        "fixup! fix: [HOTFIX] x",
        "squash! quick",
        "amend! fix: [HOTFIX] x\n\nfix: [HOTFIX] y",
        "fixup! fixup! squash! x",
    ] {
        assert_eq!(judged(message, LOCAL), None, "{message}");
        let fault = judged(message, COMMITTED).unwrap();
        assert!(fault.reason.contains("--autosquash"), "{message}");
    }
}

#[test]
fn merges_only_when_merging() {
    let message = "Merge branch 'main' into hotfix/a\n\n# Conflicts:\n";
    assert_eq!(judged(message, MERGING), None);
    for situation in [LOCAL, COMMITTED] {
        let fault = judged(message, situation).unwrap();
        assert!(fault.reason.contains("only a merge"));
    }
}

#[test]
fn reverts_only_with_the_commit() {
    let id = "1a3e64c6c4".repeat(4);
    for message in [
        format!("Revert \"quick\"\n\nThis reverts commit {id}.\n"),
        format!("Revert \"a\"\n\nThis reverts commit {id}, reversing\nchanges made to {id}.\n"),
        format!("Reapply \"a\"\n\nThis reverts commit {id}."),
        "Revert \"a\"\r\n\r\nThis reverts commit 1a3e64c\r\n".to_owned(),
    ] {
        assert_eq!(judged(&message, COMMITTED), None, "{message}");
    }
    for message in [
        "Revert \"quick\"",
        "Revert \"quick\"\n\nThis reverts commit nothing.",
        "Revert \"quick\"\n\nThis reverts commit .",
        "Revert quick\n\nThis reverts commit 1a3e64c6c4.",
    ] {
        assert!(judged(message, MERGING).is_some(), "{message}");
    }
}

#[test]
fn files_that_are_accepted() {
    let crlf = include_bytes!("../../../fixtures/messages/accept-crlf.txt");
    assert!(
        crlf.windows(2).any(|pair| pair == b"\r\n"),
        "the file lost its line endings"
    );
    let cases: [(&str, &[u8], bool); 6] = [
        ("CRLF, no editor", crlf, false),
        ("CRLF, editor", crlf, true),
        (
            "trailing newlines",
            include_bytes!("../../../fixtures/messages/accept-trailing-newlines.txt"),
            false,
        ),
        (
            "editor: comments before, status after",
            include_bytes!("../../../fixtures/messages/accept-editor-template.txt"),
            true,
        ),
        (
            "editor: scissors and diff",
            include_bytes!("../../../fixtures/messages/accept-scissors.txt"),
            true,
        ),
        (
            "scope and body",
            include_bytes!("../../../fixtures/messages/accept-scope-and-body.txt"),
            false,
        ),
    ];
    for (name, message, edited) in cases {
        assert_eq!(hooked(message, edited), None, "{name}");
    }
}

#[test]
fn files_that_are_rejected() {
    let cases: [(&str, &[u8], bool); 5] = [
        (
            "a template is kept without an editor",
            include_bytes!("../../../fixtures/messages/accept-editor-template.txt"),
            false,
        ),
        (
            "only comments",
            include_bytes!("../../../fixtures/messages/reject-only-comments.txt"),
            true,
        ),
        (
            "no blank line",
            include_bytes!("../../../fixtures/messages/reject-no-blank-line.txt"),
            false,
        ),
        (
            "plain subject",
            include_bytes!("../../../fixtures/messages/reject-plain.txt"),
            false,
        ),
        (
            "the header only below the scissors",
            include_bytes!("../../../fixtures/messages/reject-header-below-scissors.txt"),
            true,
        ),
    ];
    for (name, message, edited) in cases {
        assert!(hooked(message, edited).is_some(), "{name}");
    }
}

#[test]
fn the_files_under_another_comment_character() {
    let how = Cleaning {
        mode: Cleanup::Strip,
        comment: "$".to_owned(),
        edited: true,
    };
    let message = include_bytes!("../../../fixtures/messages/accept-dollar-comments.txt");
    assert_eq!(
        fault(&clean(message, &how), LOCAL, &Format::default()),
        None
    );
    assert!(hooked(message, true).is_some());
    let auto = Cleaning {
        comment: "auto".to_owned(),
        ..how
    };
    assert_eq!(
        fault(&clean(message, &auto), LOCAL, &Format::default()),
        None
    );
}

proptest! {
    #[test]
    fn any_bytes_are_judged(message: Vec<u8>, merging: bool, local: bool) {
        if let Some(fault) = fault(&message, Situation { merging, local }, &Format::default()) {
            prop_assert!(fault.column <= fault.text.chars().count());
            prop_assert!(!fault.text.chars().any(char::is_control));
        }
    }

    #[test]
    fn what_is_expected_is_accepted(message in "(fix|Merge|Revert \"|fixup! )?\\PC*(\n\\PC*)?") {
        if let Some(expected) = judged(&message, COMMITTED).and_then(|fault| fault.expected) {
            for situation in [COMMITTED, LOCAL, MERGING] {
                prop_assert_eq!(judged(&expected, situation), None);
            }
        }
    }
}
