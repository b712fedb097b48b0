//! A commit message: cleaned as git would, then judged.
//!
//! Input: the message, then behind NULs the comment string (`#` without one) and the format, by
//! lines: types, tag, trailers, and two bytes for scope and length. How git cleans and what is known
//! of the commit are few: each input goes through all of them.
#![no_main]

use git_hotfix_fuzz::policy::message::{
    Cleaning, Cleanup, Fault, Format, Scope, Situation, clean, fault, tag_fault, trailer_fault,
    type_fault,
};
use libfuzzer_sys::fuzz_target;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::Mutex;

const MODES: [Cleanup; 5] = [
    Cleanup::Strip,
    Cleanup::StripAlways,
    Cleanup::Whitespace,
    Cleanup::Verbatim,
    Cleanup::Scissors,
];

const SCISSORS: &str = " ------------------------ >8 ------------------------";

fuzz_target!(|data: &[u8]| {
    let parts: Vec<&[u8]> = data.splitn(3, |&b| b == 0).collect();
    let part = |at: usize| {
        parts
            .get(at)
            .map(|part| String::from_utf8_lossy(part).into_owned())
    };
    let message = parts[0];
    let comment = part(1).unwrap_or_else(|| "#".to_owned());
    let format = part(2).map_or_else(Format::default, |text| read_format(&text));
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
                check_fault(&cleaned, Situation { merging, local }, &format);
            }
        }
    }
    check_pattern(message, &format);
    check_header(&String::from_utf8_lossy(message), &format);
});

/// A format such as the settings let through.
fn read_format(text: &str) -> Format {
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let words = |line: &str, fault: fn(&str) -> Option<&'static str>| -> Vec<String> {
        let words = line.split(' ').filter(|word| fault(word).is_none());
        words.map(str::to_owned).collect()
    };
    let default = Format::default();
    let types = words(line(), type_fault);
    let tag = line();
    let trailers = words(line(), trailer_fault);
    let mut rest = line().bytes();
    let format = Format {
        types: if types.is_empty() {
            default.types
        } else {
            types
        },
        tag: if tag_fault(tag).is_none() {
            tag.to_owned()
        } else {
            default.tag
        },
        trailers,
        scope: match rest.next() {
            Some(b'r') => Scope::Required,
            Some(b'f') => Scope::Forbidden,
            _ => Scope::Optional,
        },
        subject_length: None,
    };
    // The settings leave room for words.
    let longest = format.types.iter().map(String::len).max();
    let least = longest.unwrap_or(0) + format.tag.chars().count() + 30;
    let length = rest.next().map(|more| least + usize::from(more));
    Format {
        subject_length: length,
        ..format
    }
}

/// Nothing is invented, the white space is git's, and cleaning again changes nothing.
fn check_cleaned(message: &[u8], cleaned: &[u8], how: &Cleaning) {
    let mut given = message.split(|&b| b == b'\n').map(trimmed);
    for line in cleaned.split(|&b| b == b'\n').map(trimmed) {
        let blank = line.is_empty();
        assert!(
            blank || given.any(|one| one == line),
            "a line is new or out of its place"
        );
    }
    if how.mode == Cleanup::Verbatim {
        assert!(message.starts_with(cleaned));
    } else {
        assert!(cleaned.is_empty() || cleaned.ends_with(b"\n"));
        assert!(!cleaned.starts_with(b"\n") && !cleaned.ends_with(b"\n\n"));
        assert!(!cleaned.windows(3).any(|three| three == b"\n\n\n"));
        assert!(
            cleaned
                .split(|&b| b == b'\n')
                .all(|line| line == trimmed(line))
        );
    }
    // What the first cleaning cut was what `auto` was guessed from; and a scissors line with a
    // space behind it is one only after the space went. git is the same in both.
    let scissors = format!("{}{SCISSORS}", how.comment);
    let cuts = cleaned
        .split(|&b| b == b'\n')
        .any(|line| line == scissors.as_bytes());
    if !how.edited || how.comment != "auto" && !how.comment.is_empty() && !cuts {
        assert_eq!(clean(cleaned, how), cleaned, "{how:?}");
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let end = line
        .iter()
        .rposition(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    &line[..end.map_or(0, |at| at + 1)]
}

/// A fault has a place that can be shown, and a line to write instead that has none.
fn check_fault(cleaned: &[u8], situation: Situation, format: &Format) {
    let Some(fault) = fault(cleaned, situation, format) else {
        return;
    };
    let lines = cleaned.split(|&b| b == b'\n').count();
    assert!(fault.line <= lines + usize::from(fault.trailer.is_some()));
    assert!(fault.column <= fault.text.chars().count(), "{fault:?}");
    for text in [&fault.text, &fault.reason]
        .into_iter()
        .chain(&fault.expected)
    {
        assert!(!text.chars().any(char::is_control), "{fault:?}");
    }
    if let Some(expected) = fault.expected.filter(|_| fault.trailer.is_none()) {
        assert_eq!(header_fault(&expected, format), None, "{expected}");
    }
}

/// Judged with nothing let go; the trailers are another line's.
fn header_fault(line: &str, format: &Format) -> Option<Fault> {
    let found = fault(format!("{line}\n").as_bytes(), Situation::default(), format);
    found.filter(|fault| fault.trailer.is_none())
}

/// A forge that goes by the pattern says the same of a pushed message; length and trailers have
/// patterns of their own.
fn check_pattern(message: &[u8], format: &Format) {
    static LAST: Mutex<Option<(Format, Regex)>> = Mutex::new(None);
    let format = Format {
        subject_length: None,
        trailers: Vec::new(),
        ..format.clone()
    };
    // RE2's `\s` has no vertical tab, the crate's has one.
    let message: Vec<u8> = message.iter().copied().filter(|&b| b != 0x0b).collect();
    let accepted = fault(&message, Situation::default(), &format).is_none();
    let mut last = LAST.lock().unwrap();
    let rule = match last.take() {
        Some((of, rule)) if of == format => rule,
        _ => compiled(&format.pattern()),
    };
    assert_eq!(rule.is_match(&message), accepted, "{rule}");
    *last = Some((format, rule));
}

/// Bytes are characters, so that invalid UTF-8 is judged too; what is not ASCII is the tag's.
fn compiled(pattern: &str) -> Regex {
    let written = |b: u8| match b.is_ascii() {
        true => char::from(b).to_string(),
        false => format!(r"\x{b:02X}"),
    };
    let pattern: String = pattern.bytes().map(written).collect();
    RegexBuilder::new(&pattern).unicode(false).build().unwrap()
}

/// A header made of any words is one line in the format, and made again is the same.
fn check_header(text: &str, format: &Format) {
    let (scope, words) = match text.split_once('\n') {
        Some((scope, words)) => (Some(scope), words),
        None => (None, text),
    };
    let line = format.header(scope, words);
    assert!(!line.contains(['\n', '\r']), "{line:?}");
    let own = format.own_header(words);
    let long = format
        .subject_length
        .is_some_and(|most| own.chars().count() > most);
    assert!(!long, "{own:?}");
    let seen = |c: char| !c.is_whitespace() && !c.is_control() && c != '\u{feff}';
    let given = scope.is_some_and(|scope| scope.contains(|c| seen(c) && !"()".contains(c)));
    let scoped = format.scope != Scope::Required || given;
    if format.subject_length.is_none() && scoped && words.contains(seen) {
        assert_eq!(header_fault(&line, format), None, "{line:?}");
        if !format.says_nothing(&line) {
            assert_eq!(format.header(None, &line), line);
        }
    }
}
