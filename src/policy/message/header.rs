//! The first line, `fix(scope): [HOTFIX] description`, and where it leaves the format.

use super::format::{Format, Scope, is_type_byte};
use std::borrow::Cow;

/// The first place where a line leaves the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Byte offset, at most the line's length.
    pub(super) at: usize,
    pub(super) reason: Cow<'static, str>,
}

/// Matches [`Format::pattern`] by hand: a regular expression could not say where it failed.
pub(super) fn check(line: &[u8], format: &Format) -> Result<(), Wrong> {
    if line.starts_with("\u{feff}".as_bytes()) {
        return Err(wrong(0, "it begins with a byte order mark"));
    }
    let mut at = scope(line, kind(line, format)?, format.scope)?;
    if line.get(at) == Some(&b'!') {
        at += 1;
    }
    at = literal(line, at, ": ").map_err(|bad| match bad - at {
        0 => wrong(bad, "':' comes after type and scope"),
        _ => wrong(bad, "one space comes after ':'"),
    })?;
    let end = tag(line, at, &format.tag)?;
    let before = match format.tag.as_str() {
        "" => "':'",
        tag => tag,
    };
    match line.get(end) {
        None => Err(wrong(end, format!("what was done comes after {before}"))),
        Some(b) if is_space(*b) => Err(wrong(end, format!("one space comes after {before}"))),
        Some(_) => Ok(()),
    }
}

fn wrong(at: usize, reason: impl Into<Cow<'static, str>>) -> Wrong {
    let reason = reason.into();
    Wrong { at, reason }
}

/// `\s` of RE2: the forges' rulesets must say the same.
pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

/// The offset behind `expected`, or that of the first byte that differs.
fn literal(line: &[u8], start: usize, expected: &str) -> Result<usize, usize> {
    let common = common(line.get(start..).unwrap_or_default(), expected);
    match common == expected.len() {
        true => Ok(start + common),
        false => Err(start + common),
    }
}

/// How many bytes two texts begin with alike.
fn common(line: &[u8], expected: &str) -> usize {
    let pairs = line.iter().zip(expected.as_bytes());
    pairs.take_while(|(a, b)| a == b).count()
}

/// The offset behind the type.
fn kind(line: &[u8], format: &Format) -> Result<usize, Wrong> {
    let end = line.iter().take_while(|&&b| is_type_byte(b)).count();
    let types = &format.types;
    if types.iter().any(|kind| kind.as_bytes() == &line[..end]) {
        return Ok(end);
    }
    let at = types.iter().map(|kind| common(line, kind)).max();
    let reason = match types.as_slice() {
        [one] => format!("the type is '{one}'"),
        several => format!("the type is one of {}", several.join(", ")),
    };
    Err(wrong(at.unwrap_or_default(), reason))
}

fn scope(line: &[u8], start: usize, asked: Scope) -> Result<usize, Wrong> {
    if line.get(start) != Some(&b'(') {
        return match asked {
            Scope::Required => Err(wrong(start, "a scope in brackets comes after the type")),
            Scope::Optional | Scope::Forbidden => Ok(start),
        };
    }
    if asked == Scope::Forbidden {
        return Err(wrong(start, "there is no scope in this format"));
    }
    let first = start + 1;
    match line.get(first) {
        Some(b'(' | b')') | None => return Err(wrong(first, "the scope is empty")),
        Some(b) if is_space(*b) => return Err(wrong(first, "the scope begins with a space")),
        Some(_) => {}
    }
    let inside = line[first..]
        .iter()
        .take_while(|b| !matches!(b, b'(' | b')'));
    let end = first + inside.count();
    match line.get(end) {
        Some(b')') => Ok(end + 1),
        _ => Err(wrong(end, "the scope is not closed")),
    }
}

/// The offset behind the tag and its space.
fn tag(line: &[u8], start: usize, tag: &str) -> Result<usize, Wrong> {
    if tag.is_empty() {
        return Ok(start);
    }
    let end = literal(line, start, tag)
        .map_err(|bad| wrong(bad, format!("{tag} comes after the type and ': '")))?;
    literal(line, end, " ")
        .map_err(|bad| wrong(bad, format!("a space and what was done come after {tag}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_wrong_column() {
        let cases = [
            ("quick fix for login", 0),
            ("fix: x", 5),
            ("fix : [HOTFIX] x", 3),
            ("fix (a): [HOTFIX] x", 3),
            ("fix(): [HOTFIX] x", 4),
            ("fix( a): [HOTFIX] x", 4),
            ("fix(a) : [HOTFIX] x", 6),
            ("fix(a: x", 8),
            ("fix(a(b)): [HOTFIX] x", 5),
            ("fix:  [HOTFIX] x", 5),
            ("fix: [HOTFIX]  x", 14),
            ("FIX: [HOTFIX] x", 0),
            ("fix: [hotfix] x", 6),
            ("fix: [HOTFIX]", 13),
            ("fix:", 4),
            ("fi", 2),
            ("", 0),
        ];
        for (line, column) in cases {
            let found = check(line.as_bytes(), &Format::default()).map_err(|wrong| wrong.at);
            assert_eq!(found, Err(column), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(line: Vec<u8>) {
            if let Err(wrong) = check(&line, &Format::default()) {
                prop_assert!(wrong.at <= line.len());
            }
        }
    }
}
