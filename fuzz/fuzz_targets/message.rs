//! A commit message: cleaned as git would, then judged.
//!
//! Input: the message, then behind the last NUL the comment string (`#` without one). How git
//! cleans and what is known of the commit are few: each input goes through all of them.
#![no_main]

use git_hotfix_fuzz::policy::message::{
    Cleaning, Cleanup, Fault, PATTERN, Situation, clean, description, fault, header, says_nothing,
};
use libfuzzer_sys::fuzz_target;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

const MODES: [Cleanup; 5] = [
    Cleanup::Strip,
    Cleanup::StripAlways,
    Cleanup::Whitespace,
    Cleanup::Verbatim,
    Cleanup::Scissors,
];

const SCISSORS: &str = " ------------------------ >8 ------------------------";

static RULE: LazyLock<Regex> =
    LazyLock::new(|| RegexBuilder::new(PATTERN).unicode(false).build().unwrap());

fuzz_target!(|data: &[u8]| {
    let mut parts = data.rsplitn(2, |&b| b == 0);
    let last = parts.next().unwrap_or_default();
    let (message, comment) = match parts.next() {
        Some(message) => (message, String::from_utf8_lossy(last).into_owned()),
        None => (last, "#".to_owned()),
    };
    for mode in MODES {
        for edited in [false, true] {
            let how = Cleaning {
                mode,
                comment: comment.clone(),
                edited,
            };
            let cleaned = clean(message, &how);
            check_cleaned(message, &cleaned, &how);
            for (merging, local) in [(false, false), (false, true), (true, false), (true, true)] {
                check_fault(&cleaned, Situation { merging, local });
            }
        }
    }
    check_header(&String::from_utf8_lossy(message));
});

/// Nothing is invented, the white space is git's, and cleaning again changes nothing.
fn check_cleaned(message: &[u8], cleaned: &[u8], how: &Cleaning) {
    let mut given = message.split(|&b| b == b'\n').map(trimmed);
    for line in cleaned.split(|&b| b == b'\n').map(trimmed) {
        let blank = line.is_empty();
        assert!(blank || given.any(|one| one == line), "a line is new or out of its place");
    }
    if how.mode == Cleanup::Verbatim {
        assert!(message.starts_with(cleaned));
    } else {
        assert!(cleaned.is_empty() || cleaned.ends_with(b"\n"));
        assert!(!cleaned.starts_with(b"\n") && !cleaned.ends_with(b"\n\n"));
        assert!(!cleaned.windows(3).any(|three| three == b"\n\n\n"));
        assert!(cleaned.split(|&b| b == b'\n').all(|line| line == trimmed(line)));
    }
    // What the first cleaning cut was what `auto` was guessed from; and a scissors line with a
    // space behind it is one only after the space went. git is the same in both.
    let scissors = format!("{}{SCISSORS}", how.comment);
    let cuts = cleaned.split(|&b| b == b'\n').any(|line| line == scissors.as_bytes());
    if !how.edited || how.comment != "auto" && !how.comment.is_empty() && !cuts {
        assert_eq!(clean(cleaned, how), cleaned, "{how:?}");
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    &line[..end.map_or(0, |at| at + 1)]
}

/// A message without a fault is one that the pattern takes; a fault has a place and a remedy.
fn check_fault(cleaned: &[u8], situation: Situation) {
    let first = cleaned.split(|&b| b == b'\n').next().unwrap_or_default();
    match fault(cleaned, situation) {
        Some(fault) => check_place(cleaned, &fault),
        None => assert!(is_exempt(first, situation) || matches_rule(cleaned)),
    }
    if matches_rule(cleaned) {
        assert_eq!(fault(cleaned, situation), None);
    }
}

fn check_place(cleaned: &[u8], fault: &Fault) {
    assert!(matches!(fault.line, 1 | 2));
    assert!(fault.line <= cleaned.split(|&b| b == b'\n').count());
    assert!(fault.column <= fault.text.chars().count(), "{fault:?}");
    for text in [&fault.text, &fault.reason].into_iter().chain(&fault.expected) {
        assert!(!text.chars().any(char::is_control), "{fault:?}");
    }
    if let Some(expected) = &fault.expected {
        let again = format!("{expected}\n");
        assert_eq!(strictly(&again), None, "{expected}");
    }
}

/// Judged with nothing let go.
fn strictly(message: &str) -> Option<Fault> {
    fault(message.as_bytes(), Situation::default())
}

/// The pattern on the first line and nothing but white space on the second. RE2's `\s` has no
/// vertical tab, the crate's has one.
fn matches_rule(cleaned: &[u8]) -> bool {
    let mut lines = cleaned.split(|&b| b == b'\n');
    let first = lines.next().unwrap_or_default();
    let first: Vec<u8> = first.iter().map(|&b| if b == 0x0b { b'v' } else { b }).collect();
    let second = lines.next().unwrap_or_default();
    let blank = second.iter().all(|b| matches!(b, b' ' | b'\t' | b'\x0c' | b'\r'));
    blank && RULE.is_match(&first)
}

/// What git writes itself, and is let go on conditions.
fn is_exempt(first: &[u8], situation: Situation) -> bool {
    let begins = |words: &[&str]| words.iter().any(|word| first.starts_with(word.as_bytes()));
    begins(&["Revert \"", "Reapply \""])
        || situation.merging && begins(&["Merge "])
        || situation.local && begins(&["fixup! ", "squash! ", "amend! "])
}

/// A header made of any words is one line in the format, and made again is the same.
fn check_header(text: &str) {
    let (scope, words) = match text.split_once('\n') {
        Some((scope, words)) => (Some(scope), words),
        None => (None, text),
    };
    let line = header(scope, words);
    assert!(!line.contains(['\n', '\r']), "{line:?}");
    if !says_nothing(&line) {
        assert_eq!(strictly(&format!("{line}\n")), None, "{line:?}");
        assert_eq!(header(None, &line), line);
        assert!(line.ends_with(description(&line)));
    }
}
