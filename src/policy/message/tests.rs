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

/// Any format, near to the default more often than not.
pub(super) fn formats() -> impl Strategy<Value = Format> {
    let types = proptest::collection::vec("fix|feat|fix-up|fi|[a-z][a-z0-9-]{0,3}", 1..4);
    let scope = prop_oneof![
        Just(Scope::Optional),
        Just(Scope::Required),
        Just(Scope::Forbidden)
    ];
    let tag = prop_oneof![
        Just(String::new()),
        Just("[HOTFIX]".to_owned()),
        Just("【紧急】".to_owned()),
        r"[\\.+*?()|\[\]{}^$<>&~#a-c/é-]{1,6}",
        r"\PC{1,5}",
    ];
    let tag = tag.prop_filter("no tag", |tag| tag_fault(tag).is_none());
    (types, scope, tag).prop_map(|(types, scope, tag)| Format {
        types,
        scope,
        tag,
        ..Format::default()
    })
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
        assert_eq!(fault.reason, "not folded in yet", "{message}");
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

/// Types `fix` and `perf`, the tag `P0:`, and the rest as given.
fn other(scope: Scope) -> Format {
    Format {
        types: vec!["fix".to_owned(), "perf".to_owned()],
        scope,
        tag: "P0:".to_owned(),
        ..Format::default()
    }
}

/// The column and what the line should be.
fn hint(message: &str, format: &Format) -> (usize, Option<String>) {
    let fault = fault(message.as_bytes(), COMMITTED, format);
    let fault = fault.unwrap_or_else(|| panic!("{message}"));
    (fault.column, fault.expected)
}

#[test]
fn another_format_says_where_and_what() {
    let format = other(Scope::Optional);
    for message in ["fix: P0: x", "perf(db)!: P0: x"] {
        assert_eq!(fault(message.as_bytes(), COMMITTED, &format), None);
    }
    for (message, column, expected) in [
        ("perform: x", 4, "fix: P0: perform: x"),
        ("perf: x", 6, "perf: P0: x"),
        ("perf: P1: x", 7, "perf: P0: P1: x"),
        ("feat: p0: x", 1, "fix: P0: x"),
        ("PERF: P0: x", 0, "perf: P0: x"),
        ("perf(): P0: x", 5, "perf: P0: x"),
        ("perf: P0:x", 9, "perf: P0: x"),
    ] {
        assert_eq!(
            hint(message, &format),
            (column, Some(expected.to_owned())),
            "{message}"
        );
    }
    let wide = Format {
        tag: "【紧急】".to_owned(),
        ..Format::default()
    };
    // The second character differs in its last byte: the caret stands at its front.
    assert_eq!(hint("fix: 【紧恥】 x", &wide).0, 7);
    let none = Format {
        tag: String::new(),
        ..Format::default()
    };
    assert_eq!(fault(b"fix: x", COMMITTED, &none), None);
    assert_eq!(hint("x", &none), (0, Some("fix: x".to_owned())));
    assert_eq!(hint("fix:x", &none), (4, Some("fix: x".to_owned())));
}

#[test]
fn a_scope_is_required_or_forbidden() {
    let required = other(Scope::Required);
    let expected = |text: &str| Some(text.to_owned());
    assert_eq!(
        hint("fix: P0: x", &required),
        (3, expected("fix(<scope>): P0: x"))
    );
    assert_eq!(fault(b"fix(a): P0: x", COMMITTED, &required), None);
    assert_eq!(required.prefill(None), "fix(): P0: ");
    let unedited = fault(required.prefill(None).as_bytes(), LOCAL, &required);
    assert_eq!(unedited.unwrap().column, 4);
    let forbidden = other(Scope::Forbidden);
    assert_eq!(
        hint("fix(a): P0: x", &forbidden),
        (3, expected("fix: P0: x"))
    );
    assert_eq!(forbidden.header(Some("a"), "x"), "fix: P0: x");
}

#[test]
fn a_line_too_long() {
    let format = Format {
        subject_length: Some(30),
        ..Format::default()
    };
    let line = |words: &str| format!("fix: [HOTFIX] {words}");
    // 16 characters are left behind the prefix, however many bytes they have.
    assert_eq!(
        fault(
            line("测试测试测试测试测试测试测试测试").as_bytes(),
            LOCAL,
            &format
        ),
        None
    );
    let long = line("accept tokens of both kinds");
    let found = fault(long.as_bytes(), LOCAL, &format).unwrap();
    assert_eq!((found.column, found.expected), (30, None));
    assert_eq!(found.reason, "41 characters, and 30 at most");
    // What is right but for its length is not what a person should write.
    let (_, expected) = hint("accept tokens of both kinds", &format);
    assert_eq!(expected.as_deref(), Some("fix: [HOTFIX] <what you did>"));
    let revert =
        "Revert \"fix: [HOTFIX] accept tokens of both kinds\"\n\nThis reverts commit 1a2b3c4.";
    assert_eq!(fault(revert.as_bytes(), LOCAL, &format), None);
    let own = format.own_header("Users cannot log in any more");
    assert_eq!(own, "fix: [HOTFIX] Users cannot lo…");
}

#[test]
fn a_missing_trailer_is_named_with_its_line() {
    let format = Format {
        trailers: vec!["Incident".to_owned(), "Severity".to_owned()],
        ..Format::default()
    };
    let message = b"fix: [HOTFIX] x\n\nbody\n\nIncident: 1\n";
    let found = fault(message, LOCAL, &format).unwrap();
    assert_eq!((found.line, found.text.as_str()), (6, ""));
    assert_eq!(found.expected.as_deref(), Some("Severity: <value>"));
    assert_eq!(found.trailer.as_deref(), Some("Severity"));
    for message in [
        "fix: [HOTFIX] x\n\nseverity: P0\nincident: 1\n",
        "Revert \"a\"\n\nThis reverts commit 1a2b3c4.",
        "fixup! x",
    ] {
        assert_eq!(fault(message.as_bytes(), LOCAL, &format), None, "{message}");
    }
    assert_eq!(fault(b"Merge branch 'a'", MERGING, &format), None);
}

proptest! {
    #[test]
    fn what_is_right_has_no_fault(
        message in "(fix|Merge|Revert|fixup!|\n)?[(a)!: ]{0,5}(\\[HOTFIX\\])?[ a-z]{0,9}\n{0,2}[ -~]{0,9}",
        format in formats(),
        merging in any::<bool>(),
        local in any::<bool>(),
    ) {
        let situation = Situation { merging, local };
        let fault = fault(message.as_bytes(), situation, &format);
        prop_assert_eq!(is_right(message.as_bytes(), situation, &format), fault.is_none());
    }

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

    #[test]
    fn in_any_format_what_is_expected_is_accepted(
        format in formats(),
        most in proptest::option::of(10_usize..60),
        line in prop_oneof![any::<String>(), "(fix|feat|fi)?(\\(a?\\))?!?:? ?\\PC{0,9}"],
    ) {
        let format = Format { subject_length: most, ..format };
        let line = line.lines().next().unwrap_or_default();
        if let Some(expected) = format.corrected(line) {
            prop_assert_eq!(fault(expected.as_bytes(), COMMITTED, &format), None, "{}", expected);
        }
        let prefill = format.prefill(None);
        prop_assert!(fault(prefill.as_bytes(), LOCAL, &format).is_some(), "{}", prefill);
        prop_assert!(format.is_begun(prefill.as_bytes()));
        if most.is_none_or(|most| most > 45) && line.contains(char::is_alphanumeric) {
            let own = format.own_header(line);
            prop_assert_eq!(fault(own.as_bytes(), COMMITTED, &format), None, "{}", own);
        }
    }
}
