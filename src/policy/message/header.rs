//! The first line: `fix(scope): [HOTFIX] description`, and what it should have been.

/// The header's pattern, RE2-safe.
pub const PATTERN: &str = r"^fix(\([^()\s][^()]*\))?!?: \[HOTFIX\] \S";

/// What stands between type or scope and the description.
const TAG: &[u8] = b": [HOTFIX] ";

const TAG_WORD: &str = ": [HOTFIX]";

/// Stands for a description that nobody gave.
const HINT: &str = "<what you did>";

/// Types that say no more than ours does, however they are written.
const FIXES: [&str; 5] = ["fix", "hotfix", "bugfix", "fixes", "fixed"];

/// Conventional Commits' other types. Only in lower case: the `CI:` of a title is its subject.
/// `revert` is missing on purpose: it says what was done.
const TYPES: [&str; 9] = [
    "build", "chore", "ci", "docs", "feat", "perf", "refactor", "style", "test",
];

/// The first place where a line leaves the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Byte offset, at most the line's length.
    pub(super) at: usize,
    pub(super) reason: &'static str,
}

/// Matches [`PATTERN`] by hand: a regular expression could not say where it failed.
pub(super) fn check(line: &[u8]) -> Result<(), Wrong> {
    if line.starts_with("\u{feff}".as_bytes()) {
        return Err(wrong(0, "it begins with a byte order mark"));
    }
    let kind = literal(line, 0, b"fix").map_err(|at| wrong(at, "the type is 'fix'"))?;
    let mut at = scope(line, kind)?;
    if line.get(at) == Some(&b'!') {
        at += 1;
    }
    let end = literal(line, at, TAG).map_err(|bad| {
        let reason = match bad - at {
            0 => "':' comes after type and scope",
            1 => "one space comes after ':'",
            10 => "a space and what was done come after [HOTFIX]",
            _ => "[HOTFIX] comes after 'fix: '",
        };
        wrong(bad, reason)
    })?;
    match line.get(end) {
        None => Err(wrong(end, "what was done comes after [HOTFIX]")),
        Some(b) if is_space(*b) => Err(wrong(end, "one space comes after [HOTFIX]")),
        Some(_) => Ok(()),
    }
}

fn wrong(at: usize, reason: &'static str) -> Wrong {
    Wrong { at, reason }
}

/// `\s` of RE2: the forges' rulesets must say the same.
pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

/// The offset behind `expected`, or that of the first byte that differs.
fn literal(line: &[u8], start: usize, expected: &[u8]) -> Result<usize, usize> {
    for (n, b) in expected.iter().enumerate() {
        if line.get(start + n) != Some(b) {
            return Err(start + n);
        }
    }
    Ok(start + expected.len())
}

fn scope(line: &[u8], start: usize) -> Result<usize, Wrong> {
    if line.get(start) != Some(&b'(') {
        return Ok(start);
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

/// What a line that is nearly a header says.
#[derive(Debug, Default)]
struct Loose {
    scope: Option<String>,
    breaking: bool,
    description: String,
}

impl Loose {
    /// Takes type, scope and tag off the front, in whatever order and spelling.
    fn parse(line: &str) -> Loose {
        let line = tidy(line);
        let mut loose = Loose::default();
        let mut rest = line.as_str();
        let mut typed = false;
        loop {
            if let Some(after) = after_tag(rest) {
                rest = after;
            } else if let Some(start) = Start::parse(rest).filter(|_| !typed) {
                typed = true;
                loose.scope = start.scope.and_then(valid_scope);
                loose.breaking = start.breaking;
                rest = start.rest;
            } else {
                break;
            }
        }
        loose.description = rest.to_owned();
        loose
    }

    fn render(&self) -> String {
        let scope = self.scope.as_ref().map(|s| format!("({s})"));
        let scope = scope.unwrap_or_default();
        let bang = if self.breaking { "!" } else { "" };
        format!("fix{scope}{bang}: [HOTFIX] {}", self.description)
    }
}

/// `type (scope) ! :` at the front of a line.
struct Start<'a> {
    scope: Option<&'a str>,
    breaking: bool,
    rest: &'a str,
}

impl<'a> Start<'a> {
    fn parse(text: &'a str) -> Option<Start<'a>> {
        let letters = text.find(|c: char| !c.is_ascii_alphabetic());
        let (word, rest) = text.split_at(letters.unwrap_or(text.len()));
        let (scope, rest) = match rest.trim_start().strip_prefix('(') {
            Some(inside) => {
                let (scope, rest) = inside.split_once(')')?;
                (Some(scope), rest)
            }
            None => (None, rest),
        };
        let rest = rest.trim_start();
        let bang = rest.strip_prefix('!').map(str::trim_start);
        let rest = bang.unwrap_or(rest);
        // The wide colon is what a Chinese or Japanese keyboard types.
        let colon = rest.strip_prefix([':', '：']).map(str::trim_start);
        let tagged = after_tag(colon.unwrap_or(rest)).is_some();
        let known = FIXES.contains(&word.to_ascii_lowercase().as_str()) || TYPES.contains(&word);
        let is_type = match colon {
            Some(_) => known || tagged || word.is_empty(),
            None => known && tagged,
        };
        is_type.then_some(Start {
            scope,
            breaking: bang.is_some(),
            rest: colon.unwrap_or(rest),
        })
    }
}

/// What stands behind `[HOTFIX]`, `[hotfix]` or `[ Hotfix ]`.
fn after_tag(text: &str) -> Option<&str> {
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    let is_tag = inside.trim().eq_ignore_ascii_case("hotfix");
    is_tag.then(|| rest.trim_start())
}

fn valid_scope(scope: &str) -> Option<String> {
    let scope = tidy(&scope.replace(['(', ')'], " "));
    (!scope.is_empty()).then_some(scope)
}

/// One line without control characters or white space around it.
fn tidy(text: &str) -> String {
    let spaced = text.replace(|c: char| c.is_control() || c == '\u{feff}', " ");
    spaced.trim().to_owned()
}

/// The line as it would be right.
pub(super) fn corrected(line: &str) -> String {
    let mut loose = Loose::parse(line);
    if loose.description.is_empty() {
        HINT.clone_into(&mut loose.description);
    }
    loose.render()
}

/// A header in the format: `fix(scope): [HOTFIX] description`.
///
/// Takes the description's first line that is not blank; the body is the caller's. A description
/// that has the format already, or a part of it, does not get it twice; its own scope gives way to
/// the one given. A blank description gives a header that [`super::fault`] refuses.
pub fn header(scope: Option<&str>, description: &str) -> String {
    let lines = description.lines().map(tidy);
    let line = lines.into_iter().find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let mut loose = Loose::parse(&line);
    if loose.description.is_empty() {
        loose.description = line;
    }
    if let Some(scope) = scope.and_then(valid_scope) {
        loose.scope = Some(scope);
    }
    loose.render().trim_end().to_owned()
}

/// What an editor is opened with: the header up to the description. Left as it is, it is refused.
pub fn prefill(scope: Option<&str>) -> String {
    format!("{} ", header(scope, ""))
}

/// A header has been begun: an editor need not be opened with another one.
pub fn is_begun(message: &[u8]) -> bool {
    let first = message.split(|&b| b == b'\n').next().unwrap_or_default();
    let text = String::from_utf8_lossy(first);
    text.starts_with("fix") && text.contains(TAG_WORD)
}

/// Nothing stands behind type, scope and tag.
pub fn says_nothing(line: &str) -> bool {
    Loose::parse(line).description.is_empty()
}

/// The words behind the tag, which [`header`] would put it in front of again; the whole line when it
/// has no tag.
pub fn description(line: &str) -> &str {
    line.split_once(": [HOTFIX] ")
        .map_or(line, |(_, words)| words)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_corrected_line() {
        let cases = [
            ("quick fix for login", "fix: [HOTFIX] quick fix for login"),
            ("fix: x", "fix: [HOTFIX] x"),
            ("fix : [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix (a): [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix(a) : [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix( a ): [HOTFIX] x", "fix(a): [HOTFIX] x"),
            ("fix(): [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix:  [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]  x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]x", "fix: [HOTFIX] x"),
            ("fix:[HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix(a)! : x", "fix(a)!: [HOTFIX] x"),
            ("feat: thing", "fix: [HOTFIX] thing"),
            ("feat(ui): thing", "fix(ui): [HOTFIX] thing"),
            ("FIX: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("foo: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("hotfix: x", "fix: [HOTFIX] x"),
            ("fix: [hotfix] x", "fix: [HOTFIX] x"),
            ("fix [HOTFIX] x", "fix: [HOTFIX] x"),
            ("[HOTFIX] x", "fix: [HOTFIX] x"),
            ("[HOTFIX] fix(a): x", "fix(a): [HOTFIX] x"),
            (": x", "fix: [HOTFIX] x"),
            ("fix：[HOTFIX] 测试", "fix: [HOTFIX] 测试"),
            ("  fix: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("\u{feff}fix: [HOTFIX] x", "fix: [HOTFIX] x"),
            ("fix: [HOTFIX]", "fix: [HOTFIX] <what you did>"),
            ("fix(a):", "fix(a): [HOTFIX] <what you did>"),
            ("", "fix: [HOTFIX] <what you did>"),
            ("API: 500 on login", "fix: [HOTFIX] API: 500 on login"),
            ("CI: stuck", "fix: [HOTFIX] CI: stuck"),
            ("Revert: the cache", "fix: [HOTFIX] Revert: the cache"),
            ("1.2.3", "fix: [HOTFIX] 1.2.3"),
            ("fix(a: x", "fix: [HOTFIX] fix(a: x"),
            ("(x) y", "fix: [HOTFIX] (x) y"),
        ];
        for (line, expected) in cases {
            assert_eq!(corrected(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_header_is_not_doubled() {
        let cases = [
            (None, "login works again", "fix: [HOTFIX] login works again"),
            (
                Some("auth"),
                "login works",
                "fix(auth): [HOTFIX] login works",
            ),
            (None, "fix: x", "fix: [HOTFIX] x"),
            (None, "[HOTFIX] x", "fix: [HOTFIX] x"),
            (None, "fix(a)!: [HOTFIX] x", "fix(a)!: [HOTFIX] x"),
            (Some("b"), "fix(a): [HOTFIX] x", "fix(b): [HOTFIX] x"),
            (Some(" (b) "), "x", "fix(b): [HOTFIX] x"),
            (Some("()"), "x", "fix: [HOTFIX] x"),
            (None, "\n  \nfirst\nsecond", "fix: [HOTFIX] first"),
            (None, "fix:", "fix: [HOTFIX] fix:"),
            (None, " ", "fix: [HOTFIX]"),
        ];
        for (scope, description, expected) in cases {
            assert_eq!(header(scope, description), expected, "{description:?}");
        }
    }

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
            let found = check(line.as_bytes()).map_err(|wrong| wrong.at);
            assert_eq!(found, Err(column), "{line:?}");
        }
    }

    /// Pieces of headers in any order come close to the format far more often than any text.
    fn nearly() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("fix"),
            Just("("),
            Just(")"),
            Just("a"),
            Just("!"),
            Just(":"),
            Just(" "),
            Just("[HOTFIX]"),
            Just("[hotfix]"),
            Just("feat"),
            Just("：")
        ];
        proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_corrected_is_right(line in prop_oneof![any::<String>(), nearly()]) {
            let line = line.lines().next().unwrap_or_default();
            let expected = corrected(line);
            prop_assert_eq!(check(expected.as_bytes()), Ok(()), "{}", expected);
            prop_assert_eq!(corrected(&expected), expected);
        }

        #[test]
        fn every_header_is_right(
            scope: Option<String>,
            description in prop_oneof![any::<String>(), nearly()],
        ) {
            let seen = |c: char| !c.is_whitespace() && !c.is_control() && c != '\u{feff}';
            prop_assume!(description.contains(seen));
            let header = header(scope.as_deref(), &description);
            prop_assert_eq!(check(header.as_bytes()), Ok(()), "{}", header);
            prop_assert_eq!(header.lines().count(), 1);
        }

        #[test]
        fn any_bytes_are_judged(line: Vec<u8>) {
            if let Err(wrong) = check(&line) {
                prop_assert!(wrong.at <= line.len());
            }
        }
    }
}
