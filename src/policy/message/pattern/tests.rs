//! The patterns against the check by hand.

use super::super::tests::formats;
use super::super::{Situation, fault};
use super::*;
use proptest::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

/// As RE2 reads Latin-1: bytes are characters, so that invalid UTF-8 is judged too. What is not
/// ASCII in a pattern is the tag's, and is written as its bytes.
fn compiled(pattern: &str) -> Regex {
    let mut bytes = String::new();
    for b in pattern.bytes() {
        match b.is_ascii() {
            true => bytes.push(char::from(b)),
            false => bytes.push_str(&format!(r"\x{b:02X}")),
        }
    }
    RegexBuilder::new(&bytes).unicode(false).build().unwrap()
}

fn characters(pattern: &str) -> regex::Regex {
    // The classes that differ from ASCII's are not in the pattern of a length.
    regex::Regex::new(pattern).unwrap()
}

fn accepted(message: &[u8], format: &Format) -> bool {
    fault(message, Situation::default(), format).is_none()
}

/// Messages near the border of a format: its own pieces in nearly the right order.
fn messages(format: &Format) -> impl Strategy<Value = Vec<u8>> + use<> {
    let fixed: Vec<&[u8]> = vec![
        b"(",
        b")",
        b"(a)",
        b"!",
        b":",
        b" ",
        b": ",
        b"x",
        b"\n",
        b"\r\n",
        b"\t",
        b"\x0c",
        b"\xff",
        b"fix",
        b"[HOTFIX]",
        b"\nThis reverts commit 1a2b",
        b"Revert \"",
        b".",
        b"\xef\xbb\xbf",
    ];
    let mut pieces: Vec<Vec<u8>> = fixed.into_iter().map(<[u8]>::to_vec).collect();
    pieces.push(format.tag.clone().into_bytes());
    pieces.extend(format.types.iter().map(|kind| kind.clone().into_bytes()));
    let tag = format.tag_and_space();
    let kind = format.first_type();
    let fronts = [
        format!("{kind}: {tag}"),
        format!("{kind}(a)!: {tag}"),
        format!("{kind}(a): {tag}x\n"),
        "Revert \"x\"\n".to_owned(),
        String::new(),
    ];
    let fronts = fronts.map(String::into_bytes).to_vec();
    let rest = proptest::collection::vec(proptest::sample::select(pieces), 0..8);
    (proptest::sample::select(fronts), rest)
        .prop_map(|(front, rest)| [front, rest.concat()].concat())
}

/// A vertical tab is white space to this crate and not to RE2: it stays out.
fn without_vertical_tabs(message: &[u8]) -> Vec<u8> {
    message.iter().copied().filter(|&b| b != b'\x0b').collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pattern_and_check_agree(
        (format, message) in formats().prop_flat_map(|format| {
            let near = messages(&format);
            let any = any::<Vec<u8>>();
            (Just(format), prop_oneof![8 => near, 1 => any])
        })
    ) {
        let message = without_vertical_tabs(&message);
        let matches = compiled(&format.pattern()).is_match(&message);
        prop_assert_eq!(matches, accepted(&message, &format), "{}", format.pattern());
        // Forges that let '^' match at every line say the same.
        let lines = format!("(?m){}", format.pattern());
        prop_assert_eq!(compiled(&lines).is_match(&message), matches);
    }

    #[test]
    fn the_length_is_the_same(most in 1_usize..40, rest in "[a-c面 🔥é]{0,40}(\r?\n(\r?\nbody)?)?") {
        let format = Format { subject_length: Some(most), ..Format::default() };
        let message = format!("fix: [HOTFIX] x{rest}");
        let matches = characters(&format.patterns()[1]).is_match(&message);
        prop_assert_eq!(matches, accepted(message.as_bytes(), &format), "{:?}", message);
    }

    #[test]
    fn a_trailer_that_is_found_matches(
        lines in proptest::collection::vec(
            "(Incident|incident|Severity|x y|a)? ?:? ?[a-z]{0,2}|\t?z| ?", 0..7,
        ),
    ) {
        let format = Format { trailers: vec!["Incident".to_owned()], ..Format::default() };
        let message = format!("fix: [HOTFIX] x\n\n{}\n", lines.join("\n"));
        let matches = compiled(&format.patterns()[1]).is_match(message.as_bytes());
        prop_assert!(matches || !accepted(message.as_bytes(), &format), "{:?}", message);
    }
}

#[test]
fn the_rows_of_the_table() {
    let format = Format::default();
    let pattern = compiled(&format.pattern());
    for message in [
        "fix: [HOTFIX] x",
        "fix(auth): [HOTFIX] x",
        "fix(auth)!: [HOTFIX] x",
        "fix!: [HOTFIX] x",
        "fix(面试评价): [HOTFIX] 测试",
        "fix: [HOTFIX] x\n\nbody\nmore\n",
        "fix: [HOTFIX] x\r\n\r\nbody\r\n",
        "fix: [HOTFIX] x\n\n\n",
        "Revert \"quick\"\n\nThis reverts commit 1a3e64c6c4.\n",
    ] {
        assert!(pattern.is_match(message.as_bytes()), "{message:?}");
    }
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
        "fix: [HOTFIX] x\nbody",
        "",
        "\n",
        "fixup! fix: [HOTFIX] x",
        "Merge branch 'x'",
        "bad subject\n\nMerge branch x",
        "bad subject\n\nfix: [HOTFIX] x",
        "fix(a\n\nb): [HOTFIX] x",
        "1.2.3",
        "Revert \"quick\"\n\nThis reverts nothing.",
    ] {
        assert!(!pattern.is_match(message.as_bytes()), "{message:?}");
    }
}

#[test]
fn one_pattern_each() {
    let format = Format {
        types: vec!["fix".to_owned(), "perf".to_owned()],
        scope: Scope::Required,
        tag: "[P0] (now)".to_owned(),
        subject_length: Some(72),
        trailers: vec!["Incident".to_owned()],
    };
    let patterns = format.patterns();
    assert_eq!(patterns.len(), 3);
    let front = r"\A((fix|perf)\([^()\s][^()\n]*\)!?: \[P0\] \(now\) \S[^\n]*";
    assert!(patterns[0].starts_with(front), "{}", patterns[0]);
    let good = "perf(api): [P0] (now) x\n\nIncident: 1\n";
    for pattern in &patterns {
        assert!(compiled(pattern).is_match(good.as_bytes()), "{pattern}");
    }
    // GitLab takes no more.
    assert!(patterns.iter().all(|pattern| pattern.len() <= 511));
}
